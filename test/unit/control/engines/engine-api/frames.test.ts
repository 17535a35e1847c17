import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { demultiplex, FrameReader } from '../../../../../src/lib/control/engines/engine-api/frames.js';
import type { OutputChunk } from '../../../../../src/lib/control/engines/engine-api/api.js';
import { cutAnywhere } from './cut.js';
import { frame } from './fake-daemon.js';

const frames = fc.array(
  fc.record({ stream: fc.constantFrom<0 | 1 | 2>(0, 1, 2), data: fc.uint8Array({ maxLength: 40 }) }),
  { maxLength: 12 },
);

function readAll(chunks: readonly Buffer[]): readonly OutputChunk[] {
  const reader = new FrameReader();
  const read = chunks.flatMap((chunk) => [...reader.push(chunk)]);
  const rest = reader.end();
  return rest === null ? read : [...read, rest];
}

describe('the frames of a multiplexed stream', () => {
  test('come out as they were put in, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(frames, cutAnywhere, (written, cut) => {
        const bytes = Buffer.concat(written.map(({ stream, data }) => frame(stream, data)));
        const expected = written
          .filter(({ data }) => data.length > 0)
          .map(({ stream, data }) => ({ stream: stream === 2 ? 'stderr' : 'stdout', data: Buffer.from(data) }));
        expect(readAll(cut(bytes))).toEqual(expected);
      }),
    );
  });

  test('are given as far as they go where the stream is cut off', () => {
    fc.assert(
      fc.property(frames, cutAnywhere, fc.nat(), (written, cut, at) => {
        const whole = Buffer.concat(written.map(({ stream, data }) => frame(stream, data)));
        const read = readAll(cut(whole.subarray(0, at % (whole.length + 1))));
        const payload = Buffer.concat(written.map(({ data }) => data));
        const got = Buffer.concat(read.map(({ data }) => data));
        expect(payload.subarray(0, got.length)).toEqual(got);
      }),
    );
  });

  test('are not copied where they lie inside a chunk', () => {
    const chunk = Buffer.concat([frame(1, 'one'), frame(2, 'two')]);
    expect(readAll([chunk]).map(({ data }) => data.buffer === chunk.buffer)).toEqual([true, true]);
  });

  test('a frame of many small chunks takes time in proportion to its length', () => {
    const length = 8 * 1024 * 1024;
    const bytes = frame(1, Buffer.alloc(length));
    const chunks = Array.from({ length: Math.ceil(bytes.length / 64) }, (_, n) => bytes.subarray(n * 64, n * 64 + 64));
    // 131,073 chunks: copying what is there at each of them would move half a terabyte.
    expect(readAll(chunks).map(({ data }) => data.length)).toEqual([length]);
  });

  test('an error of the daemon comes after the frames before it', () => {
    const reader = new FrameReader();
    const read: string[] = [];
    const run = (): void => {
      for (const { data } of reader.push(
        Buffer.concat([frame(1, 'last words'), frame(3, 'rpc error: code = Unknown desc = node gone\n')]),
      )) {
        read.push(data.toString());
      }
    };
    expect(run).toThrow(expect.objectContaining({ code: 'refused', message: 'node gone' }));
    expect(read).toEqual(['last words']);
  });

  test.each([
    ['a stream that does not exist', Buffer.from([4, 0, 0, 0, 0, 0, 0, 1, 65])],
    ['text', Buffer.from('exec failed: no such file')],
    ['a byte that should be zero', Buffer.from([1, 0, 1, 0, 0, 0, 0, 1, 65])],
    ['a length of gigabytes', Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 65])],
  ])('%s is no frame', (_, bytes) => {
    expect(() => readAll([bytes])).toThrow(/not in the frames/);
  });

  test('a stream is read to its end', async () => {
    async function* source(): AsyncGenerator<Buffer> {
      yield frame(1, 'a');
      yield frame(2, 'bcd').subarray(0, 10);
    }
    const read: string[] = [];
    for await (const { stream, data } of demultiplex(source())) read.push(`${stream} ${data.toString()}`);
    expect(read).toEqual(['stdout a', 'stderr bc']);
  });
});
