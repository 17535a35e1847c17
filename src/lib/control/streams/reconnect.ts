import { setTimeout as sleepFor } from 'node:timers/promises';
import { type BerthError, isAbortError, isBerthError } from '../../port/errors.js';

/** How lost connections are made again. All in milliseconds, > 0. */
export interface RetryOptions {
  /** The first wait; it doubles with every failure in a row. Every wait is cut by up to half, by chance. Default 250. */
  readonly firstMs?: number;
  /** The longest wait. Default 10,000. */
  readonly longestMs?: number;
  /** How long nothing new may come before the connection is given up for lost. Default 60,000. */
  readonly giveUpMs?: number;
  /** A connection that held so long was a good one, though nothing came: the time counts from its end. Default 60,000. */
  readonly steadyMs?: number;
}

export interface ReconnectOptions {
  /** Ends the stream, without an error. */
  readonly signal: AbortSignal;
  readonly retry?: RetryOptions;
  /** Told of each lost connection, and how long it waits before it is made again. */
  readonly onLost?: (error: BerthError, waitMs: number) => void;
  /** Milliseconds; the clock by default. */
  readonly now?: () => number;
  /** In [0, 1); Math.random by default. */
  readonly random?: () => number;
  /** Rejects when the signal aborts; a timer by default. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

interface Source<T> extends ReconnectOptions {
  readonly open: () => AsyncIterable<T>;
  /** False for an item that was given before: it is left out. */
  readonly isNew: (item: T) => boolean;
  /** Whether `open` can go on where it was. */
  readonly canResume: () => boolean;
}

/**
 * Gives what a source gives, and opens it again when its connection is lost (errors with the code `unreachable`). Ends
 * when the source ends.
 *
 * @throws what the source throws otherwise, or when the connection does not come back in time.
 */
export async function* reconnecting<T>(source: Source<T>): AsyncGenerator<T> {
  const { signal, open, isNew, canResume, onLost, sleep = sleepWithTimer } = source;
  const clock = source.now ?? Date.now;
  const backoff = new Backoff(source.retry ?? {}, source.random ?? Math.random);
  for (;;) {
    if (isAborted(signal)) return;
    const openedMs = clock();
    try {
      for await (const item of open()) {
        if (isAborted(signal)) return;
        if (!isNew(item)) continue;
        backoff.reset();
        yield item;
      }
      return;
    } catch (error) {
      if (isAborted(signal)) return;
      const waitMs = isLostConnection(error) && canResume() ? backoff.next(openedMs, clock()) : undefined;
      if (waitMs === undefined || !isLostConnection(error)) throw error;
      onLost?.(error, waitMs);
      if (!(await waited(() => sleep(waitMs, signal), signal))) return;
    }
  }
}

/** How long to wait before the next try. */
class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #giveUpMs: number;
  readonly #steadyMs: number;
  readonly #random: () => number;
  #failures = 0;
  #lostMs: number | undefined;

  constructor(retry: RetryOptions, random: () => number) {
    this.#firstMs = retry.firstMs ?? 250;
    this.#longestMs = retry.longestMs ?? 10_000;
    this.#giveUpMs = retry.giveUpMs ?? 60_000;
    this.#steadyMs = retry.steadyMs ?? 60_000;
    this.#random = random;
  }

  /** Something came. */
  reset(): void {
    this.#failures = 0;
    this.#lostMs = undefined;
  }

  /** After a failure; undefined when it has been too long. */
  next(openedMs: number, failedMs: number): number | undefined {
    if (failedMs - openedMs >= this.#steadyMs) this.reset();
    this.#lostMs ??= failedMs;
    const leftMs = this.#lostMs + this.#giveUpMs - failedMs;
    if (leftMs <= 0) return undefined;
    const fullMs = Math.min(this.#longestMs, this.#firstMs * 2 ** Math.min(this.#failures, 30));
    this.#failures++;
    return Math.min(leftMs, fullMs * (1 - this.#random() / 2));
  }
}

/** True for an error that says that the connection was lost, or could not be made. */
function isLostConnection(error: unknown): error is BerthError {
  return isBerthError(error) && error.code === 'unreachable';
}

/** False when the wait was ended by the signal. */
async function waited(wait: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await wait();
  } catch (error) {
    if (signal.aborted || isAbortError(error)) return false;
    throw error;
  }
  return !signal.aborted;
}

async function sleepWithTimer(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal });
}

/** A function, since a signal changes behind the compiler's back. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
