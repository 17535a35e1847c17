import type { LogLine } from '../../../port/logs.js';
import { compareTimes, isTime, millisecondsOf } from '../../streams/time.js';

export interface BatchMergeOptions {
  /** How long a new line waits for earlier ones of slower sources, in milliseconds; Infinity is as long as it takes. */
  readonly windowMs: number;
  /** How long lines from before the merge wait for a source that has not said anything. */
  readonly historyMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Source {
  readonly iterator: AsyncIterator<readonly LogLine[]>;
  readonly onEnd: () => void;
  batch: readonly LogLine[];
  next: number;
  /** When the read that is under way was begun; undefined while there are lines. */
  waitingSinceMs: number | undefined;
}

/**
 * Merges streams of batches of lines by time, as `streams/merge` does with lines, but for two things: sources may come
 * and go while it runs, and what it does not have to wait for it gives without waiting, so that a single source costs
 * nothing. One batch of each is read ahead.
 */
export class BatchMerge {
  readonly #options: BatchMergeOptions;
  readonly #signal: AbortSignal;
  readonly #startedMs: number;
  readonly #sources = new Set<Source>();
  /** How far the sources' clocks are ahead of ours. */
  #aheadMs = 0;
  #open = true;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(options: BatchMergeOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#startedMs = options.now();
  }

  /** @param onEnd called when the source has ended. */
  add(source: AsyncIterable<readonly LogLine[]>, onEnd: () => void): void {
    const iterator = source[Symbol.asyncIterator]();
    const added: Source = { iterator, onEnd, batch: [], next: 0, waitingSinceMs: undefined };
    this.#sources.add(added);
    this.#read(added);
  }

  /** No more sources come: it ends when those there are have ended. */
  seal(): void {
    this.#open = false;
    this.#wake();
  }

  /** Ends it with an error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /**
   * All lines, until the sources have ended or the signal aborts. What a source throws is thrown. Whoever leaves it has
   * to abort the signal that the sources were opened with.
   */
  async *batches(): AsyncGenerator<readonly LogLine[]> {
    const wake = (): void => {
      this.#wake();
    };
    this.#signal.addEventListener('abort', wake);
    try {
      while (!this.#signal.aborted) {
        if (this.#failure !== undefined) throw this.#failure.error;
        if (this.#sources.size === 0 && !this.#open) return;
        const { lines, waitMs } = this.#due();
        if (lines.length > 0) yield lines;
        else await this.#sleep(waitMs);
      }
    } finally {
      this.#signal.removeEventListener('abort', wake);
      // Not awaited: one that waits for something answers when its signal aborts.
      for (const { iterator } of this.#sources) iterator.return?.().catch(() => undefined);
    }
  }

  /** What can be given now, or else how long to wait for it. */
  #due(): { readonly lines: readonly LogLine[]; readonly waitMs: number } {
    const [only] = this.#sources;
    if (this.#sources.size === 1 && only !== undefined) return { lines: this.#rest(only), waitMs: Infinity };
    const lines: LogLine[] = [];
    for (;;) {
      const first = this.#earliest();
      if (first === undefined) return { lines, waitMs: Infinity };
      const line = first.batch[first.next];
      const waitMs = line === undefined ? 0 : this.#waitMs(line);
      if (line === undefined || waitMs > 0) return { lines, waitMs };
      lines.push(line);
      first.next += 1;
      if (first.next < first.batch.length) continue;
      this.#read(first);
      // What it has to say next may be earlier than what the others have.
      return { lines, waitMs: 0 };
    }
  }

  #rest(source: Source): readonly LogLine[] {
    const { batch, next } = source;
    if (source.waitingSinceMs !== undefined) return [];
    this.#read(source);
    return next === 0 ? batch : batch.slice(next);
  }

  #earliest(): Source | undefined {
    let earliest: Source | undefined;
    let earliestAt: string | undefined;
    for (const source of this.#sources) {
      if (source.waitingSinceMs !== undefined) continue;
      const at = source.batch[source.next]?.at ?? null;
      if (!isTime(at)) return source;
      if (earliestAt !== undefined && compareTimes(at, earliestAt) >= 0) continue;
      earliest = source;
      earliestAt = at;
    }
    return earliest;
  }

  /** How long the earliest line has to wait for sources that may have an earlier one. */
  #waitMs({ at }: LogLine): number {
    let sinceMs = -Infinity;
    for (const { waitingSinceMs } of this.#sources) sinceMs = Math.max(sinceMs, waitingSinceMs ?? -Infinity);
    const atMs = at === null || sinceMs === -Infinity ? NaN : millisecondsOf(at);
    if (Number.isNaN(atMs)) return 0;
    const { windowMs, historyMs, now } = this.#options;
    const nowMs = now();
    this.#aheadMs = Math.max(this.#aheadMs, atMs - nowMs);
    if (atMs >= this.#startedMs) return atMs + windowMs - (nowMs + this.#aheadMs);
    return sinceMs + Math.max(windowMs, historyMs) - nowMs;
  }

  #read(source: Source): void {
    source.waitingSinceMs = this.#options.now();
    source.iterator.next().then(
      (result) => {
        if (result.done === true) {
          this.#sources.delete(source);
          source.onEnd();
        } else if (result.value.length === 0) {
          this.#read(source);
          return;
        } else {
          source.batch = result.value;
          source.next = 0;
          source.waitingSinceMs = undefined;
        }
        this.#wake();
      },
      (error: unknown) => {
        this.#sources.delete(source);
        this.fail(error);
      },
    );
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === Infinity ? undefined : setTimeout(resolve, Math.ceil(ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
