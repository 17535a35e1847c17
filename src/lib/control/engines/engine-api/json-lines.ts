import { DaemonError } from './daemon-error.js';

const lineFeed = 0x0a;
const quotedLength = 200;

/** A value that is longer than this is no event and no progress. */
const lineLimit = 64 * 1024 * 1024;

/** Takes a stream of JSON values, one a line, out of chunks that are cut anywhere. Empty lines are left out. */
export class JsonLineReader {
  /** Chunks of a line that has not ended. */
  #parts: Buffer[] = [];
  #length = 0;

  /**
   * The values whose lines end in this chunk.
   *
   * @throws DaemonError for a line that is no JSON.
   */
  *push(chunk: Buffer): Generator<unknown, void, undefined> {
    let at = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, at)) {
      this.#add(chunk.subarray(at, end));
      at = end + 1;
      yield* this.end();
    }
    this.#add(chunk.subarray(at));
  }

  /** The value of the line that has no end, if there is one. */
  *end(): Generator<unknown, void, undefined> {
    const [first] = this.#parts;
    if (first === undefined) return;
    const text = (this.#parts.length === 1 ? first : Buffer.concat(this.#parts)).toString('utf8').trim();
    this.#parts = [];
    this.#length = 0;
    if (text !== '') yield parse(text);
  }

  #add(part: Buffer): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length > lineLimit) {
      throw new DaemonError('refused', 200, 'the daemon sent a line that does not end');
    }
  }
}

/**
 * The values of a stream of JSON lines, to its end.
 *
 * @throws DaemonError for a line that is no JSON.
 */
export async function* readJsonLines(source: AsyncIterable<Buffer>): AsyncGenerator<unknown, void, undefined> {
  const reader = new JsonLineReader();
  for await (const chunk of source) yield* reader.push(chunk);
  yield* reader.end();
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    const detail = text.length > quotedLength ? `${text.slice(0, quotedLength)}...` : text;
    throw new DaemonError('refused', 200, 'the daemon sent a line that is no JSON', { detail, cause });
  }
}
