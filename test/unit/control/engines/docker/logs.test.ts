import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineTime } from '../../../../../src/lib/control/engines/docker/logs-time.js';
import { type LoggedContainer, lineReader } from '../../../../../src/lib/control/engines/docker/logs-decode.js';
import { BatchMerge } from '../../../../../src/lib/control/engines/docker/logs-merge.js';
import type { LogLine } from '../../../../../src/lib/port/logs.js';
import { frame } from '../engine-api/fake-daemon.js';

const container: LoggedContainer = {
  id: 'c1',
  name: 'web-1',
  service: 'web',
  stack: 'shop',
  tty: false,
  running: true,
};

/** Nanoseconds from the start, as the daemon writes them. */
export function at(nanoseconds: number): string {
  return `2026-01-01T00:00:00.${String(nanoseconds).padStart(9, '0')}Z`;
}

/** A line as the daemon sends it: in messages of 16 KiB, each with the time of the line. */
function messages(time: string, text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (let from = 0; from === 0 || from < bytes.length; from += 16_384) {
    parts.push(Buffer.concat([Buffer.from(`${time} `), bytes.subarray(from, from + 16_384)]));
  }
  const last = parts.length - 1;
  return parts.map((part, index) => (index === last ? Buffer.concat([part, Buffer.from('\n')]) : part));
}

const spoken = fc.record({
  stream: fc.constantFrom('stdout' as const, 'stderr' as const),
  text: fc.oneof(
    { weight: 8, arbitrary: fc.string({ unit: 'binary' }).map((text) => text.replace(/[\n\r]/g, ' ')) },
    { weight: 1, arbitrary: fc.nat(40_000).map((length) => 'é'.repeat(length)) },
    { weight: 1, arbitrary: fc.constantFrom(`${at(3)} looks like a time`, '', ' ', '\u001b[31mred') },
  ),
});

/** Cuts bytes into chunks of the given lengths, over and over. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0, index = 0; from < bytes.length; index++) {
    const length = lengths[index % lengths.length] ?? bytes.length;
    chunks.push(bytes.subarray(from, from + length));
    from += length;
  }
  return chunks;
}

const cuts = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 });

describe('lines of a log', () => {
  it('are the container’s, however its frames are cut', () => {
    fc.assert(
      fc.property(fc.array(spoken, { maxLength: 12 }), cuts, (said, lengths) => {
        const bytes = Buffer.concat(
          said.flatMap(({ stream, text }, index) =>
            messages(at(index), text).map((part) => frame(stream === 'stdout' ? 1 : 2, part)),
          ),
        );
        const reader = lineReader(container);
        const lines = [...cut(bytes, lengths).flatMap((chunk) => reader.push(chunk)), ...reader.end()];
        expect(lines).toEqual(
          said.map(({ stream, text }, index) => ({
            at: at(index),
            stack: 'shop',
            service: 'web',
            container: 'web-1',
            stream,
            text: Buffer.from(text).toString('utf8'),
          })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('keep the pieces of two streams apart', () => {
    const reader = lineReader(container);
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = messages(at(1), 'a'.repeat(20_000));
    const bytes = Buffer.concat([frame(1, first), frame(2, `${at(2)} between\n`), frame(1, second)]);
    expect(reader.push(bytes).map(({ text, stream }) => [stream, text.length])).toEqual([
      ['stderr', 7],
      ['stdout', 20_000],
    ]);
  });

  it('of a terminal have no line ends, and no times inside', () => {
    const said = ['one', 'a'.repeat(40_000), `${at(1)} b`, ''];
    const bytes = Buffer.concat(said.flatMap((text, index) => messages(at(index), `${text}\r`)));
    const reader = lineReader({ ...container, tty: true });
    const lines = [...cut(bytes, [7_001]).flatMap((chunk) => reader.push(chunk)), ...reader.end()];
    expect(lines.map(({ text }) => text)).toEqual(said);
    expect(lines.map((line) => line.at)).toEqual([at(0), at(1), at(2), at(3)]);
  });

  it('tell what is there of one that the daemon did not end', () => {
    const reader = lineReader(container);
    expect(reader.push(frame(1, `${at(1)} half`))).toEqual([]);
    expect(reader.end()).toMatchObject([{ at: at(1), text: 'half' }]);
  });
});

describe('times', () => {
  it.each([
    ['2026-01-01T00:00:00Z', 0, '1767225600.000000000'],
    ['2026-01-01T00:00:00.123456789Z', 0, '1767225600.123456789'],
    ['2026-01-01T02:00:00.5+02:00', 0, '1767225600.500000000'],
    ['2026-01-01T00:00:00.000Z', 1, '1767225599.999999999'],
    ['2026-01-01T00:00:00.000000001Z', 1, '1767225600.000000000'],
    ['1960-01-01T00:00:00Z', 0, '0'],
  ] as const)('%s less %i ns is %s', (text, less, expected) => {
    expect(engineTime(text, less)).toBe(expected);
  });

  it('that are none are refused', () => {
    expect(() => engineTime('yesterday')).toThrow('"yesterday" is no RFC 3339 time');
  });
});

function line(nanoseconds: number, name: string): LogLine {
  return { at: at(nanoseconds), stack: 'shop', service: 'web', container: name, stream: 'stdout', text: name };
}

async function* given(batches: readonly (readonly LogLine[])[]): AsyncGenerator<readonly LogLine[]> {
  for (const batch of batches) {
    await new Promise((resolve) => setImmediate(resolve));
    yield batch;
  }
}

it('lines of many containers come in the order of their times, however they come', async () => {
  const source = fc.array(fc.array(fc.nat(50), { maxLength: 4 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(source, { minLength: 1, maxLength: 4 }), async (sources) => {
      const merge = new BatchMerge(
        { windowMs: Infinity, historyMs: Infinity, now: Date.now },
        new AbortController().signal,
      );
      const sorted = sources.map((batches, index) => {
        const times = batches.flat().sort((one, other) => one - other);
        return batches.map((batch) => times.splice(0, batch.length).map((time) => line(time, `web-${index}`)));
      });
      for (const batches of sorted) merge.add(given(batches), () => undefined);
      merge.seal();
      const lines: LogLine[] = [];
      for await (const batch of merge.batches()) lines.push(...batch);
      expect(lines.map((one) => one.at)).toEqual(
        sorted
          .flat(2)
          .map((one) => one.at)
          .sort(),
      );
      for (const [index, batches] of sorted.entries()) {
        expect(lines.filter((one) => one.container === `web-${index}`)).toEqual(batches.flat());
      }
    }),
    { numRuns: 50 },
  );
});
