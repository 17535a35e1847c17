import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSink, silentSink } from '../../../src/lib/ui/event-lines.js';
import { Sink } from '../../../src/lib/ui/sink.js';

const now = () => Date.parse('2026-01-01T00:00:00.000Z');
const at = '2026-01-01T00:00:00.000Z';

/** What comes out when these texts are written, line by line. */
async function through(...texts: readonly string[]): Promise<readonly string[]> {
  const stream = new PassThrough({ highWaterMark: 1 }).setEncoding('utf8');
  const sink = eventSink(new Sink(stream), now);
  const read = stream.toArray();
  for (const text of texts) await sink.write(text);
  await sink.flush();
  stream.end();
  return (await read).join('').split('\n').slice(0, -1);
}

describe('words as events', () => {
  it('are warnings and notices, a line each', async () => {
    const lines = await through('warning: a\n', 'Done by action 1.\n\nIts log: x\n', '');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { at, event: 'warning', message: 'a' },
      { at, event: 'notice', message: 'Done by action 1.' },
      { at, event: 'notice', message: 'Its log: x' },
    ]);
  });

  it('can be parsed line by line, whatever is said', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), async (texts) => {
        for (const line of await through(...texts))
          expect(JSON.parse(line)).toMatchObject({ at, event: expect.any(String) });
      }),
    );
  });

  it('are taken by a sink that shows nothing', async () => {
    const sink = silentSink();
    await sink.write('x\n'.repeat(100_000));
    await sink.flush();
    expect(sink.closed).toBe(false);
  });
});
