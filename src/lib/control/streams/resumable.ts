import type { LogLine } from '../../port/logs.js';
import { reconnecting, type ReconnectOptions } from './reconnect.js';
import { compareTimes, isTime } from './time.js';

/**
 * Follows log lines over lost connections: after one it asks again from the time of the last line on, and leaves out
 * those lines of that time that it has given already, so that none is lost and none comes twice. Lines that are alike at
 * the same time are counted. The source must give lines in order of time; a connection lost after a line without a time
 * cannot be resumed, and its error is thrown.
 *
 * @param open opens the stream at a time (RFC 3339, included); undefined is at the start, and again as long as no line
 *   was given. It should take the same signal.
 * @throws what the source throws, when it is no lost connection, or the connection does not come back in time.
 */
export function resumable(
  open: (since: string | undefined) => AsyncIterable<LogLine>,
  options: ReconnectOptions,
): AsyncIterable<LogLine> {
  const given = new GivenLines();
  return reconnecting({
    open: () => {
      given.expectAgain();
      return open(given.since);
    },
    isNew: (line) => given.take(line),
    canResume: () => given.timed,
    ...options,
  });
}

/**
 * The same for whatever has a cursor, such as events: after a lost connection it goes on after the last one given.
 *
 * @param open opens the stream after a cursor; null is at the start, and again as long as nothing was given.
 */
export function resumableFrom<T>(
  cursorOf: (item: T) => string,
  open: (after: string | null) => AsyncIterable<T>,
  options: ReconnectOptions,
): AsyncIterable<T> {
  let last: string | null = null;
  return reconnecting({
    open: () => open(last),
    isNew: (item) => {
      last = cursorOf(item);
      return true;
    },
    canResume: () => true,
    ...options,
  });
}

/** What was given of the latest time, which a source that is asked from that time on gives again. */
class GivenLines {
  /** The latest time, as the source wrote it; undefined before the first line. */
  since: string | undefined;
  /** False once a line without a time was given. */
  timed = true;
  /** The lines of that time. */
  #latest: LogLine[] = [];
  /** How many of them the source has still to repeat, by what they say. */
  #awaited = new Map<string, number>();
  /** True until a line comes that is later than all that were given. */
  #repeating = false;

  /** The source is asked again from `since` on. */
  expectAgain(): void {
    this.#repeating = this.since !== undefined;
    this.#awaited = new Map();
    for (const line of this.#latest) this.#awaited.set(keyOf(line), (this.#awaited.get(keyOf(line)) ?? 0) + 1);
  }

  /** True for a line to give; false for one that was given before. */
  take(line: LogLine): boolean {
    const { at } = line;
    if (!isTime(at)) {
      this.timed = false;
      return true;
    }
    const order = this.since === undefined ? 1 : compareTimes(at, this.since);
    // Some servers round down the time they are asked for, and repeat what was before it.
    if (order < 0) return !this.#repeating;
    if (order > 0) {
      this.since = at;
      this.#latest = [line];
      this.#repeating = false;
      return true;
    }
    if (this.#repeating && this.#repeats(line)) return false;
    this.#latest.push(line);
    return true;
  }

  #repeats(line: LogLine): boolean {
    const key = keyOf(line);
    const awaited = this.#awaited.get(key) ?? 0;
    if (awaited > 0) this.#awaited.set(key, awaited - 1);
    return awaited > 0;
  }
}

function keyOf({ stack, service, container, stream, text }: LogLine): string {
  return JSON.stringify([stack, service, container, stream, text]);
}
