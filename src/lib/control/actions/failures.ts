import type { Task } from '../engines/engine.js';

/** What a replica ended of. Undefined where it was not seen: that may have been anything. */
interface Failure {
  /** `none`: it could not even be started. */
  readonly code: number | 'none' | undefined;
  /** The engine's words, but for what differs from replica to replica. */
  readonly words: string | undefined;
}

/** Failures of one place that are alike and came one after the other. */
export interface Streak {
  readonly failure: Failure;
  readonly count: number;
  /** All failures of the place, alike or not. */
  readonly total: number;
  /** The replica that failed last. */
  readonly task: Task;
}

/** An end of a replica, as long as it can be seen. */
interface Exit {
  readonly key: string;
  readonly code: number;
}

interface Known {
  readonly restarts: number;
  /** The end that was counted last, by its key. */
  readonly counted: string | undefined;
  /** One that was seen, and counts as soon as the replica has been started again. */
  readonly pending: Exit | undefined;
}

/**
 * Counts how often the replicas of each place (service, version and slot) failed since a point in time, alike and in a
 * row. An engine either starts a replica again or puts a new one in its place; both count.
 */
export class Failures {
  readonly #sinceMs: number;
  readonly #streaks = new Map<string, Streak>();
  readonly #known = new Map<string, Known>();
  readonly #ended = new Set<string>();

  /** @param sinceMs by the engine's clock: what happened before it does not count. */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  /** Takes in how these replicas are now. The same look may be taken in twice. */
  note(tasks: readonly Task[]): void {
    const byAge = [...tasks].sort((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt));
    for (const task of byAge) {
      this.#noteRestarts(task);
      this.#noteEnd(task);
    }
  }

  /** Of the place that the replica has. */
  streakOf(task: Task): Streak | undefined {
    return this.#streaks.get(placeOf(task));
  }

  #noteRestarts(task: Task): void {
    const known = this.#known.get(task.id) ?? this.#asFirstSeen(task);
    const exit = visibleExit(task);
    const fresh = task.restarts - known.restarts;
    let { counted } = known;
    if (fresh > 0) {
      // What was seen before the restart is what led to it; engines count a restart before or after they wait for it.
      this.#count(task, known.pending ?? exit);
      for (let more = 1; more < fresh; more++) this.#count(task, exit);
      counted = fresh === 1 && known.pending !== undefined ? known.pending.key : exit?.key;
    }
    const pending = exit === undefined || exit.key === counted ? undefined : exit;
    this.#known.set(task.id, { restarts: task.restarts, counted, pending });
  }

  #asFirstSeen(task: Task): Known {
    const isNew = Date.parse(task.createdAt) >= this.#sinceMs;
    return { restarts: isNew ? 0 : task.restarts, counted: undefined, pending: undefined };
  }

  #count(task: Task, exit: Exit | undefined): void {
    this.#record(task, { code: exit?.code, words: undefined });
  }

  #noteEnd(task: Task): void {
    const failure = failureOf(task);
    if (failure === undefined || Date.parse(task.stoppedAt ?? task.createdAt) < this.#sinceMs) return;
    const key = `${task.id} ${task.stoppedAt ?? ''}`;
    if (this.#ended.has(key)) return;
    this.#ended.add(key);
    this.#record(task, failure);
  }

  #record(task: Task, failure: Failure): void {
    const place = placeOf(task);
    const before = this.#streaks.get(place);
    const total = (before?.total ?? 0) + 1;
    if (before === undefined || !areAlike(before.failure, failure)) {
      this.#streaks.set(place, { failure, count: 1, total, task });
      return;
    }
    const { code, words } = before.failure;
    const merged = { code: code ?? failure.code, words: words ?? failure.words };
    this.#streaks.set(place, { failure: merged, count: before.count + 1, total, task });
  }
}

function placeOf({ service, slot, hash, generation }: Task): string {
  return [service, slot, generation, hash].join(' ');
}

/** How a replica that is to be started again has ended; nothing while it runs. */
function visibleExit({ state, exitCode, stoppedAt, restarts }: Task): Exit | undefined {
  const isUp = state === 'Running' || state === 'Paused' || state === 'Stopping';
  return exitCode === null || isUp ? undefined : { key: stoppedAt ?? String(restarts), code: exitCode };
}

/** What a replica failed of that is not wanted any more: another has come, or is to come, in its place. */
function failureOf({ state, desired, exitCode, startedAt, message }: Task): Failure | undefined {
  if (desired || (state !== 'Stopped' && state !== 'Terminated')) return undefined;
  if (exitCode === null) {
    return startedAt !== null || message === null ? undefined : { code: 'none', words: comparable(message) };
  }
  // One that was taken away ends with 0 as well.
  if (exitCode === 0 && state === 'Terminated') return undefined;
  return { code: exitCode, words: message === null ? undefined : comparable(message) };
}

/** Without numbers and ids, which differ although the error is the same. */
function comparable(message: string): string {
  return message
    .toLowerCase()
    .replace(/\b(?=[a-z]*\d)[a-z0-9]{8,}\b/g, '#')
    .replace(/\d+/g, '#');
}

function areAlike(one: Failure, other: Failure): boolean {
  return isSame(one.code, other.code) && isSame(one.words, other.words);
}

function isSame<T>(one: T | undefined, other: T | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}
