import { FrameReader } from '../engine-api/frames.js';
import type { LogLine } from '../../../port/logs.js';

/** Whose lines they are. */
export interface LoggedContainer {
  readonly id: string;
  /** `web-1`. */
  readonly name: string;
  readonly service: string;
  readonly stack: string;
  /** It has a terminal: its log is raw, with the terminal's line ends. */
  readonly tty: boolean;
  /** False for one that writes nothing any more until it is started again. */
  readonly running: boolean;
}

const [lineFeed, carriageReturn, space] = [0x0a, 0x0d, 0x20];
/** The daemon cuts longer lines into messages of so many bytes, each with the time of the line (Engine API 1.41). */
const messageLength = 16 * 1024;
/** `2026-11-21T19:05:07.123456789Z`. */
const timeLength = 30;

/** Takes lines out of the answer of `GET /containers/{id}/logs` with `timestamps`, cut into chunks anywhere. */
export interface LineReader {
  /** The lines that end in this chunk. Throws DaemonError for what is no log. */
  push(chunk: Buffer): LogLine[];
  /** At the end of the answer: lines without an end. */
  end(): LogLine[];
}

export function lineReader(container: LoggedContainer): LineReader {
  return container.tty ? new RawLines(container) : new FramedLines(container);
}

/** A message a frame: a line with its end, or a piece of a long one without. */
class FramedLines implements LineReader {
  readonly #container: LoggedContainer;
  readonly #frames = new FrameReader();
  readonly #pieces: Record<LogLine['stream'], Buffer[]> = { stdout: [], stderr: [] };

  constructor(container: LoggedContainer) {
    this.#container = container;
  }

  push(chunk: Buffer): LogLine[] {
    const lines: LogLine[] = [];
    for (const { stream, data } of this.#frames.push(chunk)) {
      const pieces = this.#pieces[stream];
      const ends = data[data.length - 1] === lineFeed;
      if (pieces.length > 0) pieces.push(data.subarray(textStart(data)));
      else if (!ends) pieces.push(data);
      if (!ends) continue;
      const whole = pieces.length === 0 ? data : Buffer.concat(pieces.splice(0));
      lines.push(toLine(this.#container, stream, whole, whole.length - 1));
    }
    return lines;
  }

  /** What is there of a line whose last piece is missing: the daemon ends every line, and so that of a container's end. */
  end(): LogLine[] {
    return (['stdout', 'stderr'] as const).flatMap((stream) => {
      const whole = Buffer.concat(this.#pieces[stream].splice(0));
      return whole.length === 0 ? [] : [toLine(this.#container, stream, whole, whole.length)];
    });
  }
}

class RawLines implements LineReader {
  readonly #container: LoggedContainer;
  #pieces: Buffer[] = [];

  constructor(container: LoggedContainer) {
    this.#container = container;
  }

  push(chunk: Buffer): LogLine[] {
    const lines: LogLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      this.#pieces.push(chunk.subarray(from, end));
      lines.push(...this.end());
      from = end + 1;
    }
    if (from < chunk.length) this.#pieces.push(chunk.subarray(from));
    return lines;
  }

  end(): LogLine[] {
    const [first] = this.#pieces;
    if (first === undefined) return [];
    const whole = joined(this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces));
    this.#pieces = [];
    const end = whole[whole.length - 1] === carriageReturn ? whole.length - 1 : whole.length;
    return [toLine(this.#container, 'stdout', whole, end)];
  }
}

/** A long line without the times that stand between its messages. */
function joined(line: Buffer): Buffer {
  const start = textStart(line);
  const time = line.subarray(0, start);
  if (start === 0 || line.length <= start + messageLength) return line;
  const parts = [time];
  for (let at = start; at < line.length; at += messageLength) {
    if (at > start && line.subarray(at, at + start).equals(time)) at += start;
    parts.push(line.subarray(at, at + messageLength));
  }
  return Buffer.concat(parts);
}

/** Where the text begins, behind its time; 0 where there is none. */
function textStart(data: Buffer): number {
  return data[timeLength] === space && data[10] === 0x54 && data[timeLength - 1] === 0x5a ? timeLength + 1 : 0;
}

function toLine(
  { stack, service, name }: LoggedContainer,
  stream: LogLine['stream'],
  data: Buffer,
  end: number,
): LogLine {
  const start = textStart(data);
  // Decoded once: parts of a text are only views of it.
  const all = data.toString('utf8', 0, end);
  const at = start === 0 ? null : all.slice(0, timeLength);
  return { at, stack, service, container: name, stream, text: start === 0 ? all : all.slice(start) };
}
