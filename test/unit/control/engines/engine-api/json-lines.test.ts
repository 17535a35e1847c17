import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonLineReader, readJsonLines } from '../../../../../src/lib/control/engines/engine-api/json-lines.js';
import { cutAnywhere } from './cut.js';

function readAll(chunks: readonly Buffer[]): readonly unknown[] {
  const reader = new JsonLineReader();
  return [...chunks.flatMap((chunk) => [...reader.push(chunk)]), ...reader.end()];
}

/** As it comes back from JSON, where -0 is 0. */
function again(value: unknown): unknown {
  const read: unknown = JSON.parse(JSON.stringify(value));
  return read;
}

describe('JSON lines', () => {
  test('come out as they were put in, wherever the chunks are cut, with any line end and without the last', () => {
    const values = fc.array(fc.jsonValue(), { maxLength: 10 });
    fc.assert(
      fc.property(
        values,
        fc.constantFrom('\n', '\r\n', '\n\n'),
        fc.boolean(),
        cutAnywhere,
        (written, end, last, cut) => {
          const text = written.map((value) => JSON.stringify(value)).join(end);
          const bytes = Buffer.from(last ? text + end : text);
          expect(readAll(cut(bytes))).toEqual(written.map(again));
        },
      ),
    );
  });

  test('a line that is no JSON is told, after the values before it', async () => {
    const read: unknown[] = [];
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.from('{"a":1}\n<html>');
      yield Buffer.from('\n{"b":2}\n');
    }
    const run = async (): Promise<void> => {
      for await (const value of readJsonLines(source())) read.push(value);
    };
    await expect(run()).rejects.toMatchObject({ code: 'refused', detail: '<html>' });
    expect(read).toEqual([{ a: 1 }]);
  });
});
