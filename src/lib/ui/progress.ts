import type { Action } from '../port/actions.js';
import { UsageError } from '../port/errors.js';
import type { PlannedStep } from '../port/plan.js';
import type { ProgressEvent } from '../port/verb.js';
import { eventLine } from './event-lines.js';
import type { Sink } from './sink.js';
import type { Spinner } from './spinner.js';
import { stripControl, type Styles, stylesFor, type Terminal } from './terminal.js';
import { truncate } from './width.js';

export const progressModes = ['auto', 'tty', 'plain', 'json', 'quiet'] as const;

/**
 * How progress is shown. `auto`: a spinner on a terminal, else a line a change; `tty`, `plain`: one of these; `json`: a
 * JSON object a line, and everything else that goes to stderr as such objects too; `quiet`: nothing but errors.
 */
export type ProgressMode = (typeof progressModes)[number];

export interface ProgressOptions {
  /** stderr. */
  readonly sink: Sink;
  /** What is known of that sink's stream. */
  readonly terminal: Terminal;
  readonly mode: ProgressMode;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Work that takes less than this many milliseconds shows no spinner. Default 400. */
  readonly delayMs?: number;
}

/** Shows what running verbs report. Never fails: a stderr that cannot be written to stops no work. */
export interface Progress {
  report(event: ProgressEvent): void;
  /** The steps about to be executed. */
  planned(steps: readonly PlannedStep[]): void;
  /** The action that was made for the call. */
  accepted(action: Action): void;
  /** Ends the display and restores the cursor; `failed` leaves what was not finished on the screen. Idempotent. */
  stop(outcome?: 'done' | 'failed'): Promise<void>;
}

/** @throws UsageError for `tty` where stderr is no terminal with a size: it is not replaced by something else. */
export function checkProgress({ mode, sink, terminal }: Omit<ProgressOptions, 'now'>): void {
  if (mode === 'tty' && !canSpin(sink, terminal)) {
    throw new UsageError('progress cannot be shown as tty: standard error is not a terminal with a size', {
      hint: 'Leave --progress and BERTH_PROGRESS out, or use plain or json.',
    });
  }
}

/** @throws UsageError like `checkProgress`. */
export function createProgress(options: ProgressOptions): Progress {
  checkProgress(options);
  switch (options.mode) {
    case 'quiet':
      return silent;
    case 'json':
      return new JsonProgress(options);
    case 'plain':
      return new PlainProgress(options.sink);
    default:
      return canSpin(options.sink, options.terminal) ? new SpinnerProgress(options) : new PlainProgress(options.sink);
  }
}

/** A pseudo-terminal that nobody gave a size has 0 columns; ora then counts infinitely many lines to clear. */
function canSpin({ stream }: Sink, { isTTY }: Terminal): boolean {
  return isTTY && (!('columns' in stream) || stream.columns !== 0);
}

const silent: Progress = {
  report: () => undefined,
  planned: () => undefined,
  accepted: () => undefined,
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

  report(event: ProgressEvent): void {
    if (this.#stopped) return;
    const line = lineOf(event);
    if (event.phase !== 'note') {
      const subject = subjectOf(event);
      if (this.#last.get(subject) === line) return;
      this.#last.set(subject, line);
    }
    writeLine(this.#sink, line);
  }

  planned(): void {
    // `--dry-run` shows the plan; here its steps are told as they are done.
  }

  accepted(): void {
    // The closing line names the action.
  }

  async stop(): Promise<void> {
    this.#stopped = true;
  }
}

/** One JSON object a line, for programs. */
class JsonProgress implements Progress {
  readonly #sink: Sink;
  readonly #now: () => number;
  #stopped = false;

  constructor({ sink, now }: ProgressOptions) {
    this.#sink = sink;
    this.#now = now;
  }

  report({ kind, name, phase, status, ready, desired }: ProgressEvent): void {
    this.#write('progress', {
      ...{ kind, name, phase, status },
      ...(ready !== undefined && { ready }),
      ...(desired !== undefined && { desired }),
    });
  }

  planned(steps: readonly PlannedStep[]): void {
    this.#write('plan', { steps });
  }

  accepted(action: Action): void {
    this.#write('action', action);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
  }

  #write(event: string, fields: object): void {
    if (!this.#stopped) writeText(this.#sink, eventLine(this.#now(), event, fields));
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

  report(event: ProgressEvent): void {
    if (this.#stopped) return;
    const line = lineOf(event);
    if (event.phase === 'note') {
      // The spinner notices writes to its stream, and moves down.
      writeLine(this.#sink, line);
      return;
    }
    this.#timer ??= this.#startLater();
    if (event.phase === 'working') this.#active.set(subjectOf(event), line);
    else this.#active.delete(subjectOf(event));
    this.#spinner?.update(this.#text());
    if (event.phase !== 'working') this.#keep(event.phase, line);
  }

  planned(): void {
    // `--dry-run` shows the plan; here its steps are shown as they are done.
  }

  accepted(): void {
    // The closing line names the action.
  }

  async stop(outcome: 'done' | 'failed' = 'done'): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#spinner?.stop();
    if (this.#spinner === undefined || outcome === 'done') return;
    for (const line of this.#active.values()) writeLine(this.#sink, this.#marked('failed', line));
  }

  #keep(phase: 'done' | 'failed', line: string): void {
    if (this.#spinner === undefined) this.#early.push(this.#marked(phase, line));
    else writeLine(this.#sink, this.#marked(phase, line));
  }

  #marked(phase: 'done' | 'failed', line: string): string {
    const mark = phase === 'done' ? this.#styles.green('✔') : this.#styles.red('✖');
    return `${mark} ${this.#fitted(line)}`;
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

function subjectOf({ kind, name }: ProgressEvent): string {
  return `${kind} ${stripControl(name)}`;
}

/** `service web: starting (1 of 2 running)`. */
function lineOf(event: ProgressEvent): string {
  return `${subjectOf(event)}: ${stripControl(event.status)}`;
}

function writeLine(sink: Sink, line: string): void {
  writeText(sink, `${line}\n`);
}

function writeText(sink: Sink, text: string): void {
  sink.write(text).catch(() => undefined);
}
