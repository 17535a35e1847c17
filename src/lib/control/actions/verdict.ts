import type { Service } from '../../compose/project.js';
import { isGlobal } from '../../plan/desired.js';
import type { GateCondition } from '../../plan/steps.js';
import type { ObservedService, Task } from '../engines/engine.js';
import { restartsAgain } from './restart-policy.js';

/** How far a service is from what was asked for, and whether there is hope. `status` says it in a few words. */
export type Verdict =
  | { readonly kind: 'waiting' | 'converged' | 'rolled_back'; readonly status: string }
  /** `task` is the replica that failed, where it is still there. */
  | { readonly kind: 'paused'; readonly status: string; readonly task: Task | undefined }
  | { readonly kind: 'failing' | 'unplaceable'; readonly status: string; readonly task: Task };

/** A service as it was asked for. */
export interface Wanted {
  readonly name: string;
  readonly definition: Service;
  readonly replicas: number;
  readonly hash: string;
  readonly generation: number;
}

/** Restarts after which a service that keeps exiting is given up. */
const hopelessRestarts = 3;
/** How long nodes may refuse a replica, or a health check may say no, before it counts. */
const graceMs = 2_000;
/** How long a replica that has just exited must stay up to count as running. */
const settleMs = 2_000;

/** Judges the services of one rollout, look by look: what they did before it began is not held against them. */
export class Watch {
  readonly #startedMs: number;
  readonly #restartsBefore = new Map<string, number>();
  readonly #troubleSince = new Map<string, number>();
  readonly #upSince = new Map<string, number>();

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  /**
   * Judges one service.
   *
   * @param tasks of the service, at least those that are desired or still running.
   * @param monitorMs how long a replica without a health check must stay up to count as running.
   */
  judge(
    wanted: Wanted,
    observed: ObservedService | undefined,
    tasks: readonly Task[],
    nowMs: number,
    monitorMs = 0,
  ): Verdict {
    const desired = tasks.filter((task) => task.desired);
    for (const task of desired) this.#remember(task, nowMs);
    if (observed === undefined) return { kind: 'waiting', status: 'not there yet' };
    const message = observed.rollout?.message ?? null;
    const why = message === null ? '' : `: ${message}`;
    if (observed.rollout?.state === 'rolling_back') return { kind: 'waiting', status: `rolling back${why}` };
    if (!observed.updating && observed.hash !== wanted.hash) {
      return { kind: 'rolled_back', status: `rolled back by the engine${why}` };
    }
    const current = desired.filter((task) => task.hash === wanted.hash && task.generation === wanted.generation);
    // What to do about a replica that failed in an update was the engine's to decide, and it has decided.
    if (observed.rollout?.state === 'paused') {
      const task = current.find((one) => hasFailed(one, wanted.definition) || one.health === 'unhealthy');
      return { kind: 'paused', status: `update paused by the engine${why}`, task };
    }
    const hopeless = this.#hopeless(wanted, observed, desired, nowMs);
    if (hopeless !== undefined) return hopeless;

    return this.#progress(wanted, observed, current, tasks, nowMs, monitorMs);
  }

  /** Whether a dependency is as its dependents need it. */
  gate(
    condition: GateCondition,
    wanted: Wanted,
    observed: ObservedService | undefined,
    tasks: readonly Task[],
    nowMs: number,
  ): Verdict {
    const verdict = this.judge(wanted, observed, tasks, nowMs);
    const current = tasks.filter((task) => task.desired && task.hash === wanted.hash);
    const expected = isGlobal(wanted.definition) ? current.length : wanted.replicas;
    const fulfilled = current.filter((task) => fulfils(condition, task)).length;
    if (observed !== undefined && fulfilled >= expected) return { kind: 'converged', status: gateWords[condition] };
    if (verdict.kind !== 'converged') return verdict;
    return { kind: 'waiting', status: `not ${gateWords[condition]} yet` };
  }

  #progress(
    wanted: Wanted,
    observed: ObservedService,
    current: readonly Task[],
    tasks: readonly Task[],
    nowMs: number,
    monitorMs: number,
  ): Verdict {
    const global = isGlobal(wanted.definition);
    const expected = global ? tasks.filter((task) => task.desired).length : wanted.replicas;
    const completed = current.filter((task) => hasCompleted(task, wanted.definition)).length;
    const up = current.filter(isUp);
    const steady = up.filter((task) => this.#isSteady(task, nowMs, monitorMs));
    const leaving = tasks.filter((task) => !task.desired && (task.state === 'Running' || task.state === 'Stopping'));
    const undecided = global && expected === 0 && nowMs - this.#startedMs < graceMs;
    const ready = up.length + completed;
    if (observed.updating) return { kind: 'waiting', status: `updating (${ready} of ${expected} replaced)` };
    if (ready !== expected || leaving.length > 0 || undecided) {
      return { kind: 'waiting', status: waitingStatus(current, ready, expected, leaving.length) };
    }
    if (steady.length < up.length) {
      return { kind: 'waiting', status: `making sure it stays up (${ready} of ${expected} running)` };
    }
    return { kind: 'converged', status: settledStatus(up.length, completed, expected) };
  }

  /** Whether a replica that is up has been so for long enough. Clocks of engines may differ from ours. */
  #isSteady(task: Task, nowMs: number, monitorMs: number): boolean {
    const restarted = this.#newRestarts(task) > 0;
    if (task.health === 'healthy' && !restarted) return true;
    const seenMs = this.#upSince.get(runOf(task)) ?? nowMs;
    const startedMs = task.startedAt === null ? seenMs : Math.min(seenMs, Date.parse(task.startedAt));
    return nowMs - startedMs >= (restarted ? Math.max(settleMs, monitorMs) : monitorMs);
  }

  /** While replicas are being replaced, what to do about one that fails is the engine's to decide. */
  #hopeless(
    wanted: Wanted,
    { updating }: ObservedService,
    desired: readonly Task[],
    nowMs: number,
  ): Verdict | undefined {
    const unplaceable = desired.find((task) => this.#lasts('place', task, task.unplaceable, nowMs));
    if (unplaceable !== undefined) {
      const status = `cannot be placed: ${unplaceable.message ?? 'no node takes it'}`;
      return { kind: 'unplaceable', status, task: unplaceable };
    }
    const sick = desired.find((task) => this.#lasts('health', task, task.health === 'unhealthy', nowMs));
    if (updating) return undefined;
    const exited = desired.find((task) => hasFailed(task, wanted.definition));
    if (exited !== undefined) {
      const status = exited.exitCode === null ? 'cannot be started' : `exited with code ${exited.exitCode}`;
      return { kind: 'failing', status, task: exited };
    }
    const looping = desired.find(
      (task) => this.#newRestarts(task) >= hopelessRestarts && !(isUp(task) && this.#isSteady(task, nowMs, 0)),
    );
    if (looping !== undefined) {
      const code = looping.exitCode === null ? '' : `with code ${looping.exitCode}, `;
      return { kind: 'failing', status: `keeps exiting (${code}${looping.restarts} restarts)`, task: looping };
    }
    return sick === undefined ? undefined : { kind: 'failing', status: 'is unhealthy', task: sick };
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

  #remember(task: Task, nowMs: number): void {
    const run = runOf(task);
    if (isUp(task) && !this.#upSince.has(run)) this.#upSince.set(run, nowMs);
    if (this.#restartsBefore.has(task.id)) return;
    const born = Date.parse(task.createdAt);
    this.#restartsBefore.set(task.id, born >= this.#startedMs ? 0 : task.restarts);
  }

  #newRestarts(task: Task): number {
    return task.restarts - (this.#restartsBefore.get(task.id) ?? 0);
  }
}

/** True for a replica that has done its work: exited with 0, not to be started again. */
export function hasCompleted(task: Task, definition: Service): boolean {
  return task.state === 'Stopped' && task.exitCode === 0 && !restartsAgain(definition, 0, task.restarts);
}

function hasFailed(task: Task, definition: Service): boolean {
  const { state, exitCode } = task;
  if (state !== 'Stopped' || exitCode === 0) return false;
  return !restartsAgain(definition, exitCode ?? 1, task.restarts);
}

function isUp(task: Task): boolean {
  return task.state === 'Running' && (task.health === null || task.health === 'healthy');
}

/** Names one run of a replica: it gets another with every restart. */
function runOf(task: Task): string {
  return `${task.id} ${task.restarts}`;
}

const gateWords = { started: 'started', healthy: 'healthy', completed: 'completed' } as const;

function fulfils(condition: GateCondition, task: Task): boolean {
  if (condition === 'started') return task.startedAt !== null;
  if (condition === 'completed') return task.state === 'Stopped' && task.exitCode === 0;
  return isUp(task);
}

function settledStatus(running: number, completed: number, expected: number): string {
  if (expected === 0) return 'stopped (0 replicas)';
  if (completed === 0) return `running (${running} of ${expected})`;
  return running === 0 ? 'completed (exit code 0)' : `running (${running} of ${expected}, ${completed} completed)`;
}

function waitingStatus(current: readonly Task[], ready: number, expected: number, leaving: number): string {
  const restarting = current.find((task) => task.restarts > 0 && task.state !== 'Running');
  if (restarting?.exitCode != null && restarting.exitCode !== 0) {
    return `restarting after exit code ${restarting.exitCode} (${ready} of ${expected} running)`;
  }
  const unplaced = current.find((task) => task.unplaceable);
  if (unplaced !== undefined) return `waiting for a node: ${unplaced.message ?? 'none takes it'}`;
  if (ready >= expected && leaving > 0) return `stopping ${leaving} (${ready} of ${expected} running)`;
  if (current.some((task) => task.health === 'unhealthy')) return `unhealthy (${ready} of ${expected} running)`;
  const checking = current.some((task) => task.state === 'Running' && task.health === 'starting');
  return `${checking ? 'waiting for its health check' : 'starting'} (${ready} of ${expected} running)`;
}
