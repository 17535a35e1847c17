import type { ProgressEvent } from '../port/verb.js';
import type { Sink } from './sink.js';
import type { Spinner } from './spinner.js';
import { stripControl, type Styles, stylesFor, type Terminal } from './terminal.js';
import { truncate } from './width.js';

export interface ProgressOptions {
  /** stderr. */
  readonly sink: Sink;
  /** What is known of that sink's stream. */
  readonly terminal: Terminal;
  /** Show nothing at all. */
  readonly quiet: boolean;
  /** Work that takes less than this many milliseconds shows no spinner. Default 400. */
  readonly delayMs?: number;
}

/** Shows what running verbs report. Never fails: a stderr that cannot be written to stops no work. */
export interface Progress {
  report(event: ProgressEvent): void;
  /** A line that stays. */
  note(text: string): void;
  /** Ends the display and restores the cursor; `failed` leaves what was not finished on the screen. Idempotent. */
  stop(outcome?: 'done' | 'failed'): Promise<void>;
}

export function createProgress(options: ProgressOptions): Progress {
  if (options.quiet) return silent;
  const spinner = options.terminal.isTTY && hasWidth(options.sink.stream);
  return spinner ? new SpinnerProgress(options) : new PlainProgress(options.sink);
}

/** A pseudo-terminal that nobody gave a size has 0 columns; ora then counts infinitely many lines to clear. */
function hasWidth(stream: object): boolean {
  return !('columns' in stream) || stream.columns !== 0;
}

const silent: Progress = {
  report: () => undefined,
  note: () => undefined,
  stop: async () => undefined,
};

/** One line a change, for logs of CI jobs. */
class PlainProgress implements Progress {
  readonly #sink: Sink;
  readonly #last = new Map<string, string>();
  #stopped = false;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  report({ subject, status }: ProgressEvent): void {
    if (this.#last.get(subject) === status) return;
    this.#last.set(subject, status);
    this.note(`${subject}: ${status}`);
  }

  note(text: string): void {
    if (!this.#stopped) writeLine(this.#sink, stripControl(text));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
  }
}

/** Subjects shown below each other at most. */
const maxSubjects = 8;

/** A spinner with the last status of each subject; finished subjects stay above it as ticked lines. */
class SpinnerProgress implements Progress {
  readonly #sink: Sink;
  readonly #terminal: Terminal;
  readonly #styles: Styles;
  readonly #delayMs: number;
  readonly #active = new Map<string, string>();
  /** Lines that came before the spinner: shown only if the work takes long enough for one. */
  #early: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #spinner: Spinner | undefined;
  #stopped = false;

  constructor({ sink, terminal, delayMs }: ProgressOptions) {
    this.#sink = sink;
    this.#terminal = terminal;
    this.#styles = stylesFor(terminal);
    this.#delayMs = delayMs ?? 400;
  }

  report({ subject, status, done }: ProgressEvent): void {
    if (this.#stopped) return;
    const line = `${stripControl(subject)}: ${stripControl(status)}`;
    this.#timer ??= this.#startLater();
    if (done) this.#active.delete(subject);
    else this.#active.set(subject, line);
    this.#spinner?.update(this.#text());
    if (done) this.#keep(`${this.#styles.green('✔')} ${this.#fitted(line)}`);
  }

  note(text: string): void {
    // The spinner notices writes to its stream, and moves down.
    if (!this.#stopped) writeLine(this.#sink, stripControl(text));
  }

  async stop(outcome: 'done' | 'failed' = 'done'): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#spinner?.stop();
    if (this.#spinner === undefined || outcome === 'done') return;
    for (const line of this.#active.values()) writeLine(this.#sink, `${this.#styles.red('✖')} ${this.#fitted(line)}`);
  }

  #keep(line: string): void {
    if (this.#spinner === undefined) this.#early.push(line);
    else writeLine(this.#sink, line);
  }

  #startLater(): NodeJS.Timeout {
    const timer = setTimeout(() => void this.#start(), this.#delayMs);
    // What is being waited for keeps the process alive, not its display.
    return timer.unref();
  }

  async #start(): Promise<void> {
    const { startSpinner } = await import('./spinner.js');
    if (this.#stopped || this.#sink.closed) return;
    for (const line of this.#early.splice(0)) writeLine(this.#sink, line);
    this.#spinner = startSpinner(this.#sink.stream, this.#text(), this.#terminal.colour);
  }

  #text(): string {
    const subjects = [...this.#active.values()];
    const shown = subjects.slice(0, maxSubjects).map((line) => this.#fitted(line));
    if (subjects.length > maxSubjects) shown.push(`and ${subjects.length - maxSubjects} more`);
    return shown.length === 0 ? 'working' : shown.join('\n  ');
  }

  /** Two cells are taken by the spinner or the tick, and a full line would wrap on some terminals. */
  #fitted(line: string): string {
    return truncate(line, Math.max(1, this.#terminal.columns - 3));
  }
}

function writeLine(sink: Sink, line: string): void {
  sink.write(`${line}\n`).catch(() => undefined);
}
