import type { Task } from '../engines/engine.js';
import type { Streak } from './failures.js';

export interface SettledCounts {
  readonly running: number;
  readonly completed: number;
  /** Stopped or paused by a command of their own. */
  readonly idle: number;
  readonly expected: number;
}

/** `running (2 of 2)`. */
export function settledStatus({ running, completed, idle, expected }: SettledCounts): string {
  if (expected === 0) return 'stopped (0 replicas)';
  if (running + idle === 0) return 'completed (exit code 0)';
  const others = [
    ...(completed > 0 ? [`${completed} completed`] : []),
    ...(idle > 0 ? [`${idle} stopped or paused by hand`] : []),
  ];
  return `running (${[`${running} of ${expected}`, ...others].join(', ')})`;
}

/** `starting (1 of 2 running)`, or what keeps a replica from it. */
export function waitingStatus(current: readonly Task[], ready: number, expected: number, leaving: number): string {
  const counted = `(${ready} of ${expected} running)`;
  const troubled = inTrouble(current);
  if (troubled?.unplaceable === true) return `waiting for a node: ${troubled.message ?? 'none takes it'}`;
  if (troubled !== undefined && isRestarting(troubled)) {
    return `restarting after exit code ${troubled.exitCode ?? 0} ${counted}`;
  }
  if (ready >= expected && leaving > 0) return `stopping ${leaving} ${counted}`;
  if (troubled !== undefined) return `unhealthy ${counted}`;
  const paused = current.filter((task) => task.state === 'Paused').length;
  if (paused > 0) return `${paused} paused ${counted}`;
  const checking = current.some((task) => task.state === 'Running' && task.health === 'starting');
  return `${checking ? 'waiting for its health check' : 'starting'} ${counted}`;
}

/** The replica that keeps a service from being as wanted, where one has gone wrong. */
export function inTrouble(current: readonly Task[]): Task | undefined {
  return (
    current.find(isRestarting) ??
    current.find((task) => task.unplaceable) ??
    current.find((task) => task.health === 'unhealthy')
  );
}

/** `exited with code 1`, `cannot be started`. */
export function endedStatus({ exitCode }: Task): string {
  return exitCode === null ? 'cannot be started' : `exited with code ${exitCode}`;
}

/** `keeps exiting (with code 1, 3 restarts)`. */
export function loopStatus({ failure, count }: Streak, task: Task): string {
  const times = task.restarts > 0 ? `${task.restarts} restarts` : `${count} times`;
  if (failure.code === 'none' || (failure.code === undefined && task.startedAt === null)) {
    return `cannot be started (${times})`;
  }
  return failure.code === undefined
    ? `keeps exiting (${times})`
    : `keeps exiting (with code ${failure.code}, ${times})`;
}

function isRestarting({ restarts, state, exitCode, held }: Task): boolean {
  return restarts > 0 && !held && state !== 'Running' && exitCode !== null && exitCode !== 0;
}
