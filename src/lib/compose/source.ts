import { ComposeError, type ComposePosition } from './errors.js';

/** The text of one file and where it came from. */
export class Source {
  /** As shown to the user. */
  readonly file: string;
  readonly text: string;
  private lineStarts: readonly number[] | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** The position of the character at `offset` (0 is the first). */
  position(offset: number, path?: string): ComposePosition {
    this.lineStarts ??= lineStartsOf(this.text);
    let line = this.lineStarts.findIndex((start) => start > offset);
    if (line === -1) line = this.lineStarts.length;
    const start = this.lineStarts[line - 1] ?? 0;
    const end = this.text.indexOf('\n', start);
    const excerpt = shorten(this.text.slice(start, end === -1 ? undefined : end).trimEnd());
    return { file: this.file, line, column: offset - start + 1, excerpt, ...(path === undefined ? {} : { path }) };
  }

  error(offset: number, message: string, hint?: string): ComposeError {
    return new ComposeError(message, { position: this.position(offset), hint });
  }
}

/** A line that a terminal can show. */
function shorten(line: string): string {
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
