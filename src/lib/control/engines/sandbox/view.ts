import type { ContainerState } from '../../../port/containers.js';
import type { EngineNode, ObservedService, ObservedStack, Task } from '../engine.js';
import type { StackScope } from '../../../plan/resources.js';
import { drawId } from './draw.js';
import { isUnderWay } from './scheduler/rollout.js';
import { taskName } from './scheduler/world.js';
import type { SandboxState, ServiceState, TaskState } from './state.js';

const stateOf: Readonly<Record<TaskState['phase'], ContainerState>> = {
  placing: 'Init',
  pulling: 'Starting',
  starting: 'Starting',
  running: 'Running',
  paused: 'Paused',
  backoff: 'Starting',
  exited: 'Stopped',
  stopping: 'Stopping',
  terminated: 'Terminated',
};

export function containerState(phase: TaskState['phase']): ContainerState {
  return stateOf[phase];
}

/** A container as everybody sees it. */
export function toTask(task: TaskState): Task {
  return {
    id: task.id,
    name: taskName(task),
    service: task.name,
    stack: task.stack,
    namespace: task.namespace,
    state: containerState(task.phase),
    health: task.health,
    image: task.spec.image,
    command: task.spec.command,
    exitCode: task.exitCode,
    message: task.message,
    restarts: task.restarts,
    node: task.node,
    release: task.release,
    ports: task.ports.map(({ target, published, hostIp, protocol }) => ({ target, published, hostIp, protocol })),
    createdAt: rfc3339(task.createdMs),
    startedAt: task.startedMs === null ? null : rfc3339(task.startedMs),
    stoppedAt: task.stoppedMs === null ? null : rfc3339(task.stoppedMs),
    slot: task.slot,
    held: task.held,
    hash: task.hash,
    generation: task.generation,
    desired: task.desired,
    unplaceable: task.phase === 'placing' && task.message !== null,
  };
}

/** By stack, service and slot; those of one slot in the order they were made. */
export function compareTasks(a: TaskState, b: TaskState): number {
  return compare(a.stack, b.stack) || compare(a.name, b.name) || a.slot - b.slot || a.order - b.order;
}

/** @param nowMs when it was looked at; what another process's clock has gone ahead by has happened too. */
export function toObservedStack(
  { services, resources, nowMs: lastMs }: SandboxState,
  { namespace, stack }: StackScope,
  nowMs: number,
): ObservedStack {
  const ofStack = (other: StackScope): boolean => other.namespace === namespace && other.stack === stack;
  return {
    at: rfc3339(Math.max(nowMs, lastMs)),
    services: services.filter(ofStack).sort(byName).map(toObservedService),
    resources: [
      ...resources.filter(ofStack).map(({ kind, name }) => ({ kind, namespace, stack, name })),
      ...services.filter(ofStack).map(({ name }) => ({ kind: 'service' as const, namespace, stack, name })),
    ].sort((a, b) => compare(a.kind, b.kind) || byName(a, b)),
  };
}

function toObservedService(service: ServiceState): ObservedService {
  const { namespace, stack, name, replicas, definition, hash, generation, completes, stopped, rollout } = service;
  return {
    kind: 'service',
    ...{ namespace, stack, name, replicas, definition, hash, generation },
    ...(completes ? { completes } : {}),
    ...(stopped ? { stopped } : {}),
    updating: rollout !== null && isUnderWay(rollout),
    rollout: rollout === null ? null : { state: rollout.status, message: rollout.message },
  };
}

export function toEngineNodes({ nodes, seed }: SandboxState): EngineNode[] {
  return nodes.map(({ name, role, state, labels }) => ({
    id: drawId(seed, 'node', name),
    ...{ name, role, state, labels },
  }));
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
