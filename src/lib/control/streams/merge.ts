import type { LogLine } from '../../port/logs.js';
import { compareTimes, isTime, millisecondsOf } from './time.js';

/** A stream of lines, or what opens it: that is given a signal which aborts as soon as the merge ends, for any reason. */
export type MergeSource = AsyncIterable<LogLine> | ((signal: AbortSignal) => AsyncIterable<LogLine>);

export interface MergeOptions {
  /**
   * How long a new line waits for earlier ones of slower sources, in milliseconds (>= 0). Infinity waits for all of them
   * to say something or to end: a full order, for sources that end.
   */
  readonly windowMs: number;
  /**
   * How long what was written before the merge began waits for a source that says nothing, in milliseconds: such a source
   * may have no past, or be slow to tell it. At least `windowMs`. Default 1,000.
   */
  readonly historyMs?: number;
  /** Milliseconds since 1970; the clock by default. */
  readonly now?: () => number;
}

/**
 * Merges streams of lines that are each in order of time. One line of each is read ahead, and no more until it has been
 * given on, so a slow reader slows the sources down. At the same time the line of the earlier source comes first; lines
 * without a time go out at once. An abort ends it without an error.
 *
 * @throws what a source throws, after the others were closed. One that is being read closes when that read ends, which
 *   an opener can bring about by heeding its signal.
 */
export async function* mergeByTime(
  sources: readonly MergeSource[],
  options: MergeOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  if (signal.aborted) return;
  const ended = new AbortController();
  const merge = new Merge(options, signal);
  try {
    for (const source of sources) {
      const lines = typeof source === 'function' ? source(ended.signal) : source;
      merge.add(lines[Symbol.asyncIterator]());
    }
    for (;;) {
      const line = await merge.next();
      if (line === undefined) return;
      yield line;
    }
  } finally {
    ended.abort();
    await merge.close();
  }
}

interface Stream {
  readonly iterator: AsyncIterator<LogLine>;
  /** The line read ahead. */
  head: LogLine | undefined;
  /** Its time; null where it has none. */
  headAt: string | null;
  /** When the read that is under way was begun; undefined when none is. */
  waitingSinceMs: number | undefined;
}

/** Longer than any timer can wait at once; whoever wakes then looks again. */
const longestTimerMs = 2 ** 31 - 1;

class Merge {
  readonly #options: MergeOptions;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  readonly #startedMs: number;
  /** Those that have not ended, in the order they were given. */
  #streams: Stream[] = [];
  /** How far the sources' clocks are ahead of ours. */
  #aheadMs = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;
  #alarm: { readonly dueMs: number; readonly timer: NodeJS.Timeout } | undefined;
  readonly #onAbort = (): void => this.#wake();

  constructor(options: MergeOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#now = options.now ?? Date.now;
    this.#startedMs = this.#now();
    signal.addEventListener('abort', this.#onAbort);
  }

  add(iterator: AsyncIterator<LogLine>): void {
    this.#streams.push({ iterator, head: undefined, headAt: null, waitingSinceMs: undefined });
  }

  /** The line that is next; undefined when all sources have ended, or the signal has aborted. */
  async next(): Promise<LogLine | undefined> {
    for (;;) {
      if (this.#signal.aborted) return undefined;
      if (this.#failure !== undefined) throw this.#failure.error;
      for (const stream of this.#streams) if (stream.head === undefined) this.#read(stream);
      if (this.#streams.length === 0) return undefined;
      const first = this.#earliest();
      const waitMs = first === undefined ? Infinity : this.#waitMs(first.line);
      if (first !== undefined && waitMs <= 0) {
        first.stream.head = undefined;
        return first.line;
      }
      await this.#sleep(waitMs);
    }
  }

  /** Closes every source. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    clearTimeout(this.#alarm?.timer);
    const closing = this.#streams.map(async ({ iterator, waitingSinceMs }) => {
      // What closing them brings up says nothing about the lines that were given.
      const closed = Promise.resolve()
        .then(() => iterator.return?.())
        .catch(() => undefined);
      // A generator closes when its read ends, which may be never.
      if (waitingSinceMs === undefined) await closed;
    });
    await Promise.all(closing);
  }

  #read(stream: Stream): void {
    if (stream.waitingSinceMs !== undefined) return;
    stream.waitingSinceMs = this.#now();
    stream.iterator.next().then(
      (result) => {
        stream.waitingSinceMs = undefined;
        if (result.done === true) this.#streams = this.#streams.filter((other) => other !== stream);
        else this.#take(stream, result.value);
        this.#wake();
      },
      (error: unknown) => {
        this.#streams = this.#streams.filter((other) => other !== stream);
        this.#failure ??= { error };
        this.#wake();
      },
    );
  }

  #take(stream: Stream, line: LogLine): void {
    stream.head = line;
    stream.headAt = isTime(line.at) ? line.at : null;
  }

  #earliest(): { readonly stream: Stream; readonly line: LogLine } | undefined {
    let first: { readonly stream: Stream; readonly line: LogLine } | undefined;
    let firstAt: string | undefined;
    for (const stream of this.#streams) {
      const { head: line, headAt: at } = stream;
      if (line === undefined) continue;
      if (at === null) return { stream, line };
      if (firstAt !== undefined && compareTimes(at, firstAt) >= 0) continue;
      first = { stream, line };
      firstAt = at;
    }
    return first;
  }

  /** How long the earliest line has to wait for sources that may have an earlier one. */
  #waitMs({ at }: LogLine): number {
    let waitingSinceMs = -Infinity;
    for (const stream of this.#streams) waitingSinceMs = Math.max(waitingSinceMs, stream.waitingSinceMs ?? -Infinity);
    const atMs = at === null || waitingSinceMs === -Infinity ? NaN : millisecondsOf(at);
    if (Number.isNaN(atMs)) return 0;
    const { windowMs, historyMs = 1_000 } = this.#options;
    const nowMs = this.#now();
    this.#aheadMs = Math.max(this.#aheadMs, atMs - nowMs);
    if (atMs >= this.#startedMs) return atMs + windowMs - (nowMs + this.#aheadMs);
    return waitingSinceMs + Math.max(windowMs, historyMs) - nowMs;
  }

  /** Until a source says something, the signal aborts, or that time has passed; now and then for less. */
  #sleep(ms: number): Promise<void> {
    this.#setAlarm(ms);
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** One that rings sooner is left: whoever it wakes looks again. A timer for every line would cost more than the line. */
  #setAlarm(ms: number): void {
    const dueMs = this.#now() + ms;
    if (ms === Infinity || (this.#alarm !== undefined && this.#alarm.dueMs <= dueMs)) return;
    clearTimeout(this.#alarm?.timer);
    const ring = (): void => {
      this.#alarm = undefined;
      this.#wake();
    };
    this.#alarm = { dueMs, timer: setTimeout(ring, Math.min(Math.ceil(ms), longestTimerMs)) };
  }
}
