import { DaemonError, daemonWords } from './daemon-error.js';
import type { OutputChunk } from './api.js';

const headerLength = 8;

/** Docker writes frames of some KiB; one that claims more than this is no frame, and would have to be held in memory. */
const payloadLimit = 64 * 1024 * 1024;

/**
 * Takes a multiplexed stream apart (Engine API 1.41, "Stream format" of attach): frames of `[stream, 0, 0, 0, length as
 * 32 bits, big endian]` and the payload, cut into chunks anywhere. A payload that lies inside one chunk is not copied.
 */
export class FrameReader {
  readonly #header = Buffer.alloc(headerLength);
  #headerFilled = 0;
  /** What is there of a payload that goes on in the next chunk. */
  #parts: Buffer[] = [];
  #missing = 0;

  /**
   * The frames that end in this chunk. The chunk must not be changed afterwards.
   *
   * @throws DaemonError for an error that the daemon sends inside the stream, and for what is no frame.
   */
  *push(chunk: Buffer): Generator<OutputChunk, void, undefined> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerFilled < headerLength) {
        at += this.#fillHeader(chunk, at);
        if (this.#headerFilled < headerLength) return;
      }
      const end = Math.min(chunk.length, at + this.#missing);
      const part = chunk.subarray(at, end);
      this.#missing -= part.length;
      at = end;
      if (this.#missing > 0) {
        if (part.length > 0) this.#parts.push(part);
        return;
      }
      const frame = this.#finish(part);
      if (frame !== null) yield frame;
    }
  }

  /** After the last chunk: what is there of a frame that was cut off. */
  end(): OutputChunk | null {
    const [first] = this.#parts;
    return first === undefined ? null : this.#finish(Buffer.alloc(0));
  }

  /** @returns how many bytes of the chunk went into the header. */
  #fillHeader(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#header, this.#headerFilled, at, at + headerLength - this.#headerFilled);
    this.#headerFilled += taken;
    if (this.#headerFilled === headerLength) this.#readHeader();
    return taken;
  }

  #readHeader(): void {
    const header = this.#header;
    this.#missing = header.readUInt32BE(4);
    if (header.readUInt32BE(0) & 0xfcffffff || this.#missing > payloadLimit) {
      throw new DaemonError('refused', 200, 'the output is not in the frames of the Engine API', {
        detail: `a frame begins with ${header.toString('hex')}`,
      });
    }
  }

  /** @returns null for an empty frame. */
  #finish(last: Buffer): OutputChunk | null {
    const stream = this.#header[0];
    const data = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#headerFilled = 0;
    if (stream === 3) {
      const words = daemonWords(data.toString('utf8'));
      throw new DaemonError('refused', 200, words === '' ? 'the daemon ended the output with an error' : words);
    }
    if (data.length === 0) return null;
    return { stream: stream === 2 ? 'stderr' : 'stdout', data };
  }
}

/**
 * The frames of a multiplexed stream, to its end. A last frame that was cut off is given as far as it goes.
 *
 * @throws DaemonError as `FrameReader.push` does.
 */
export async function* demultiplex(source: AsyncIterable<Buffer>): AsyncGenerator<OutputChunk, void, undefined> {
  const reader = new FrameReader();
  for await (const chunk of source) yield* reader.push(chunk);
  const rest = reader.end();
  if (rest !== null) yield rest;
}
