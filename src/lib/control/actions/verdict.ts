import type { Service } from '../../compose/project.js';
import { isGlobal } from '../../plan/desired.js';
import type { GateCondition } from '../../plan/steps.js';
import type { RolloutOutcome } from '../../port/verdict.js';
import type { ObservedService, Task } from '../engines/engine.js';
import { Failures, type Streak } from './failures.js';
import { isAlive, isOfVersion, isShort, isUp, judgeStopped, type Look, lookAt, told } from './look.js';
import { hasFailed, restartsAgain } from './restart-policy.js';
import { endedStatus, inTrouble, loopStatus, settledStatus, waitingStatus } from './status-text.js';

/** A service as it was asked for. */
export interface Wanted {
  readonly name: string;
  readonly definition: Service;
  readonly replicas: number;
  readonly hash: string;
  readonly generation: number;
  /** True: its replicas are kept, but are not to run. */
  readonly stopped?: boolean;
}

/** How far a service is from what was asked for, and whether there is hope. */
export interface Judgement {
  readonly outcome: Exclude<RolloutOutcome, 'timed_out'>;
  /** The same in a few words: `running (2 of 2)`. */
  readonly status: string;
  /** Replicas that are as they should be, and how many there should be. */
  readonly ready: number;
  readonly desired: number;
  /** The replica that tells why, where something has gone wrong with one. */
  readonly task: Task | undefined;
}

/** True for a service that is as it was asked for. */
export function isSettled(outcome: RolloutOutcome): boolean {
  return outcome === 'converged' || outcome === 'completed' || outcome === 'stopped';
}

/** Failures alike and in a row, in one place, after which a service is given up. */
const hopelessFailures = 3;
/** How long nodes may refuse a replica, or a health check may say no, before it counts. */
const graceMs = 2_000;
/** How long a replica that has just exited must stay up to count as running. */
const settleMs = 2_000;

/**
 * Judges the services of one rollout, look by look: what they did before it began is not held against them. All times are
 * those of the engine's clock, in milliseconds since 1970.
 */
export class Watch {
  readonly #startedMs: number;
  readonly #failures: Failures;
  readonly #troubleSince = new Map<string, number>();
  readonly #upSince = new Map<string, number>();

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
    this.#failures = new Failures(startedMs);
  }

  /** Remembers what these replicas do, also where nobody asks about their service yet. */
  note(tasks: readonly Task[], nowMs: number): void {
    this.#failures.note(tasks);
    for (const task of tasks) {
      if (task.desired && isUp(task) && !this.#upSince.has(runOf(task))) this.#upSince.set(runOf(task), nowMs);
    }
  }

  /**
   * Judges one service.
   *
   * @param tasks of the service: those that are desired or still running, and those that have ended where they are kept.
   * @param nowMs when the engine was looked at.
   * @param monitorMs how long a replica without a health check must stay up to count as running.
   */
  judge(
    wanted: Wanted,
    observed: ObservedService | undefined,
    tasks: readonly Task[],
    nowMs: number,
    monitorMs = 0,
  ): Judgement {
    this.note(tasks, nowMs);
    if (wanted.stopped === true) return judgeStopped(observed, tasks);
    const look = lookAt(wanted, tasks, nowMs, monitorMs);
    if (observed === undefined) return told(look, 'waiting', 'not there yet');
    if (observed.stopped === true) return told(look, 'waiting', 'about to start');
    return this.#rollout(look, observed) ?? this.#hopeless(look, observed) ?? this.#progress(look, observed);
  }

  /** Whether a dependency is as its dependents need it: `converged`. One that is not to run never will be. */
  gate(
    condition: GateCondition,
    wanted: Wanted,
    observed: ObservedService | undefined,
    tasks: readonly Task[],
    nowMs: number,
  ): Judgement {
    const judgement = this.judge(wanted, observed, tasks, nowMs);
    if (wanted.stopped === true) return { ...judgement, outcome: 'failing', status: 'is stopped' };
    const current = tasks.filter((task) => task.desired && task.hash === wanted.hash);
    const desired = isGlobal(wanted.definition) ? current.length : wanted.replicas;
    const ready = current.filter((task) => fulfils(condition, task)).length;
    if (observed !== undefined && ready >= desired) {
      return { outcome: 'converged', status: condition, ready, desired, task: undefined };
    }
    if (!isSettled(judgement.outcome)) return judgement;
    return { outcome: 'waiting', status: `not ${condition} yet`, ready, desired, task: undefined };
  }

  /** What the engine itself made of an update that failed: it was its to decide, and it has decided. */
  #rollout(look: Look, observed: ObservedService): Judgement | undefined {
    const { wanted, current, tasks } = look;
    const message = observed.rollout?.message ?? null;
    const why = message === null ? '' : `: ${message}`;
    if (observed.rollout?.state === 'rolling_back') return told(look, 'waiting', `rolling back${why}`);
    if (!observed.updating && observed.hash !== wanted.hash) {
      const failed = tasks.findLast((task) => isOfVersion(task, wanted) && (task.exitCode ?? 0) !== 0);
      return told(look, 'rolled_back', `rolled back by the engine${why}`, failed);
    }
    if (observed.rollout?.state !== 'paused') return undefined;
    const failed = current.find((one) => this.#hasFailed(one, wanted) || one.health === 'unhealthy');
    return told(look, 'paused', `update paused by the engine${why}`, failed);
  }

  /** While replicas are being replaced, what to do about one that fails is the engine's to decide. */
  #hopeless(look: Look, { updating }: ObservedService): Judgement | undefined {
    const { desired, nowMs } = look;
    const unplaceable = desired.find((task) => this.#lasts('place', task, task.unplaceable, nowMs));
    if (unplaceable !== undefined) {
      const status = `cannot be placed: ${unplaceable.message ?? 'no node takes it'}`;
      return told(look, 'unplaceable', status, unplaceable);
    }
    const sick = desired.find((task) => this.#lasts('health', task, task.health === 'unhealthy', nowMs));
    if (updating) return undefined;
    const ended = this.#endedForGood(look);
    if (ended !== undefined) return told(look, 'failing', endedStatus(ended), ended);
    const loop = this.#loop(look);
    if (loop !== undefined) return told(look, 'failing', loopStatus(loop, loop.task), loop.task);
    return sick === undefined ? undefined : told(look, 'failing', 'is unhealthy', sick);
  }

  /** A replica that has failed and is not to be started again, nor replaced by another. */
  #endedForGood(look: Look): Task | undefined {
    const { wanted, desired, tasks } = look;
    const failed = desired.find((task) => this.#hasFailed(task, wanted));
    if (failed !== undefined || !isShort(look)) return failed;
    return tasks.find(
      (task) =>
        !task.desired &&
        isOfVersion(task, wanted) &&
        this.#failures.streakOf(task)?.task.id === task.id &&
        this.#hasFailed(task, wanted) &&
        !desired.some(({ slot }) => slot === task.slot),
    );
  }

  /** A place that has failed in the same way too often, and is not well now. */
  #loop(look: Look): Streak | undefined {
    const { wanted, current, tasks, nowMs } = look;
    for (const task of tasks.filter((one) => isOfVersion(one, wanted))) {
      const streak = this.#failures.streakOf(task);
      if (streak === undefined || streak.count < hopelessFailures) continue;
      if (streak.failure.code === 0 && !restartsAgain(wanted.definition, 0, 0)) continue;
      const present = current.find(({ slot }) => slot === task.slot);
      if (present === undefined) {
        if (isShort(look)) return withExit(streak, streak.task);
      } else if (!(isUp(present) && this.#isSteady(present, nowMs, 0))) {
        return present.restarts > 0 ? withExit(streak, present) : withExit(streak, streak.task);
      }
    }
    return undefined;
  }

  #progress(look: Look, { updating }: ObservedService): Judgement {
    const { wanted, tasks, current, up, completed, ready, expected, nowMs, monitorMs } = look;
    const steady = up.filter((task) => this.#isSteady(task, nowMs, monitorMs));
    const leaving = tasks.filter((task) => !task.desired && isAlive(task)).length;
    const undecided = isGlobal(wanted.definition) && expected === 0 && nowMs - this.#startedMs < graceMs;
    if (updating) return told(look, 'waiting', `updating (${ready} of ${expected} replaced)`, inTrouble(current));
    // Stopped or paused by a command of its own, a replica is as somebody wants it to be.
    const idle = current.filter(({ held, state }) => held || state === 'Paused').length;
    if (ready + idle !== expected || leaving > 0 || undecided) {
      return told(look, 'waiting', waitingStatus(current, ready, expected, leaving), inTrouble(current));
    }
    if (steady.length < up.length) {
      return told(look, 'waiting', `making sure it stays up (${ready} of ${expected} running)`);
    }
    const outcome = expected === 0 ? 'stopped' : up.length + idle === 0 ? 'completed' : 'converged';
    return told(look, outcome, settledStatus({ running: up.length, completed, idle, expected }));
  }

  /** Whether a replica that is up has been so for long enough. */
  #isSteady(task: Task, nowMs: number, monitorMs: number): boolean {
    const restarted = this.#failures.streakOf(task) !== undefined;
    if (task.health === 'healthy' && !restarted) return true;
    const seenMs = this.#upSince.get(runOf(task)) ?? nowMs;
    // Nodes of an engine may have clocks of their own.
    const startedMs = task.startedAt === null ? seenMs : Math.min(seenMs, Date.parse(task.startedAt));
    return nowMs - startedMs >= (restarted ? Math.max(settleMs, monitorMs) : monitorMs);
  }

  #hasFailed(task: Task, { definition }: Wanted): boolean {
    // One that is not wanted any more has been counted itself.
    const others = (this.#failures.streakOf(task)?.total ?? 0) - (task.desired ? 0 : 1);
    return hasFailed(task, definition, Math.max(task.restarts, others));
  }

  #lasts(what: string, task: Task, trouble: boolean, nowMs: number): boolean {
    const key = `${what} ${task.id}`;
    if (!trouble) {
      this.#troubleSince.delete(key);
      return false;
    }
    const since = this.#troubleSince.get(key) ?? nowMs;
    this.#troubleSince.set(key, since);
    return nowMs - since >= graceMs;
  }
}

/** The replica of a streak; one that is up for a moment between two ends still tells what it ended of. */
function withExit(streak: Streak, task: Task): Streak {
  const { code } = streak.failure;
  return { ...streak, task: { ...task, exitCode: task.exitCode ?? (typeof code === 'number' ? code : null) } };
}

/** Names one run of a replica: it gets another with every restart. */
function runOf(task: Task): string {
  return `${task.id} ${task.restarts} ${task.startedAt ?? ''}`;
}

function fulfils(condition: GateCondition, task: Task): boolean {
  if (condition === 'started') return task.startedAt !== null;
  if (condition === 'completed') return task.state === 'Stopped' && task.exitCode === 0;
  return isUp(task);
}
