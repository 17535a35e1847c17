import type { Service } from '../compose/project.js';
import { isGlobal } from '../plan/desired.js';
import type { DeploymentState } from '../port/stacks.js';
import { isAlive } from './actions/look.js';
import { hasCompleted } from './actions/restart-policy.js';
import type { ObservedService, Task } from './engines/engine.js';

/** What the state of a service is read from. */
export interface ServiceFacts {
  readonly definition: Service;
  /** Undefined: the engine does not have it. */
  readonly observed: ObservedService | undefined;
  /** Its replicas: those that should run, and those on their way out. */
  readonly tasks: readonly Task[];
  /** The stack has converged at least once. */
  readonly deployed: boolean;
  readonly terminating: boolean;
}

export interface ServiceCondition {
  readonly state: DeploymentState;
  /** It is as asked for: all running, done, or none wanted. */
  readonly ok: boolean;
}

/** The state of one service, in Docker Cloud's words (reference dockercloud/API.md section 7.2). */
export function serviceState({ definition, observed, tasks, deployed, terminating }: ServiceFacts): ServiceCondition {
  if (terminating) return { state: observed === undefined ? 'Terminated' : 'Terminating', ok: false };
  if (observed === undefined) return { state: 'Not running', ok: false };
  if (observed.stopped === true) return stopping(tasks.some(isAlive));
  if (observed.updating) return { state: 'Redeploying', ok: false };

  const desired = tasks.filter((task) => task.desired);
  const leaving = tasks.some((task) => !task.desired && isAlive(task));
  const expected = isGlobal(definition) ? desired.length : observed.replicas;
  if (expected === 0) return stopping(leaving);

  const running = desired.filter((task) => task.state === 'Running' && !isSick(task)).length;
  const completed = desired.filter((task) => hasCompleted(task, observed.definition)).length;
  if (completed === expected && !leaving) return { state: 'Stopped', ok: true };
  const ready = running + completed;
  if (ready === expected) return leaving ? { state: 'Scaling', ok: false } : { state: 'Running', ok: true };

  // A paused replica is neither on its way nor gone.
  if (desired.some((task) => task.state === 'Paused')) return { state: 'Partly running', ok: false };
  const coming = desired.filter((task) => isComing(task)).length;
  if (ready + coming >= expected || desired.length !== expected) {
    return { state: ready > 0 && deployed ? 'Scaling' : 'Starting', ok: false };
  }
  if (ready > 0 || desired.some(isSick)) return { state: 'Partly running', ok: false };
  if (desired.some((task) => task.state === 'Stopping')) return { state: 'Stopping', ok: false };
  return { state: desired.every((task) => task.state === 'Stopped') ? 'Stopped' : 'Starting', ok: false };
}

/** Of a service of which nothing is to run. */
function stopping(stillAlive: boolean): ServiceCondition {
  return stillAlive ? { state: 'Stopping', ok: false } : { state: 'Stopped', ok: true };
}

/**
 * The state of a stack from those of its services. A run-once service that has completed, and one that is stopped because
 * that was asked for, do not keep a stack from being `Running`.
 */
export function stackState(services: readonly ServiceCondition[], terminating: boolean): DeploymentState {
  if (terminating) return 'Terminating';
  const states = services.map((service) => service.state);
  if (states.every((state) => state === 'Not running')) return 'Not running';
  for (const busy of ['Redeploying', 'Scaling', 'Starting', 'Stopping'] as const) {
    if (states.includes(busy)) return busy;
  }
  if (states.every((state) => state === 'Stopped' || state === 'Not running')) return 'Stopped';
  return services.every((service) => service.ok) ? 'Running' : 'Partly running';
}

/** Replicas that run and should, healthy or not. */
export function runningCount(tasks: readonly Task[]): number {
  return tasks.filter((task) => task.desired && task.state === 'Running').length;
}

/** Running, but its health check has not said yes, or says no. */
function isSick({ health }: Task): boolean {
  return health !== null && health !== 'healthy';
}

/** On its way up for the first time: one that has failed already may never come. */
function isComing(task: Task): boolean {
  if (task.state === 'Running') return task.health === 'starting';
  return (task.state === 'Init' || task.state === 'Starting') && task.restarts === 0 && !task.unplaceable;
}
