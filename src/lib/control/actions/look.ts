import { isGlobal } from '../../plan/desired.js';
import type { ObservedService, Task } from '../engines/engine.js';
import { hasCompleted } from './restart-policy.js';
import type { Judgement, Wanted } from './verdict.js';

/** A service at one look. */
export interface Look {
  readonly wanted: Wanted;
  readonly tasks: readonly Task[];
  readonly desired: readonly Task[];
  /** Those of them that are of the version wanted. */
  readonly current: readonly Task[];
  readonly up: readonly Task[];
  readonly completed: number;
  /** Up or completed. */
  readonly ready: number;
  readonly expected: number;
  /** By the engine's clock, in milliseconds since 1970. */
  readonly nowMs: number;
  /** How long a replica without a health check must stay up to count as running. */
  readonly monitorMs: number;
}

export function lookAt(wanted: Wanted, tasks: readonly Task[], nowMs: number, monitorMs: number): Look {
  const desired = tasks.filter((task) => task.desired);
  const current = desired.filter((task) => isOfVersion(task, wanted));
  const up = current.filter(isUp);
  const completed = current.filter((task) => hasCompleted(task, wanted.definition)).length;
  const expected = isGlobal(wanted.definition) ? desired.length : wanted.replicas;
  return { wanted, tasks, desired, current, up, completed, ready: up.length + completed, expected, nowMs, monitorMs };
}

/** A judgement of what was seen. */
export function told(
  { ready, expected }: Pick<Look, 'ready' | 'expected'>,
  outcome: Judgement['outcome'],
  status: string,
  task?: Task,
): Judgement {
  return { outcome, status, ready, desired: expected, task };
}

/** Judges a service whose replicas are kept, but are not to run. */
export function judgeStopped(observed: ObservedService | undefined, tasks: readonly Task[]): Judgement {
  const none = { ready: 0, expected: 0 };
  const alive = tasks.filter(isAlive).length;
  if (observed === undefined) return told(none, 'waiting', 'not there yet');
  if (alive > 0) return told(none, 'waiting', `stopping (${alive} left)`);
  if (observed.stopped !== true) return told(none, 'waiting', 'about to stop');
  return told(none, 'stopped', 'stopped');
}

export function isOfVersion(task: Task, { hash, generation }: Wanted): boolean {
  return task.hash === hash && task.generation === generation;
}

/** True where the engine has not made, or has given up, a replica that is wanted. */
export function isShort({ wanted, current, expected }: Look): boolean {
  return isGlobal(wanted.definition) || current.length < expected;
}

/** Running, and well as far as a health check can tell. */
export function isUp(task: Task): boolean {
  return task.state === 'Running' && (task.health === null || task.health === 'healthy');
}

/** True for a replica of which something runs, or is about to. */
export function isAlive({ state }: Task): boolean {
  return state === 'Starting' || state === 'Running' || state === 'Paused' || state === 'Stopping';
}
