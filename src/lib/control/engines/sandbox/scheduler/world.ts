import type { SandboxTransition } from '../journal.js';
import type { StackScope } from '../../../../plan/resources.js';
import type { NodeState, SandboxState, ServiceState, TaskState } from '../state.js';

/** A state on its way to the next, changed in place, and what happened on the way. `state.nowMs` is the time. */
export interface World {
  readonly state: SandboxState;
  readonly transitions: SandboxTransition[];
}

/** Records that something happened now. */
export function emit(
  { state, transitions }: World,
  { namespace, stack, name }: StackScope & { readonly name: string },
  kind: SandboxTransition['kind'],
  verb: string,
  message: string | null = null,
): void {
  const sequence = state.nextTransition++;
  transitions.push({ sequence, at: new Date(state.nowMs).toISOString(), namespace, stack, kind, name, verb, message });
}

/** The same of a container: its name is that of the service and the slot. */
export function emitTask(world: World, task: TaskState, verb: string, message: string | null = null): void {
  emit(world, { ...task, name: taskName(task) }, 'container', verb, message);
}

export function emitNode(world: World, { name }: NodeState, verb: string, message: string | null = null): void {
  emit(world, { namespace: '', stack: '', name }, 'node', verb, message);
}

export function taskName({ name, slot }: { readonly name: string; readonly slot: number }): string {
  return `${name}-${slot}`;
}

/** Real milliseconds of a sandbox duration: whole, and at least 1 unless it is 0. */
export function realMs({ speed }: { readonly speed: number }, sandboxMs: number): number {
  return sandboxMs <= 0 ? 0 : Math.max(1, Math.round(sandboxMs / speed));
}

/** The time it is when that sandbox duration has passed from now. */
export function after({ state }: World, sandboxMs: number): number {
  return state.nowMs + realMs(state, sandboxMs);
}

type Named = StackScope & { readonly name: string };

export function isSame(a: Named, b: Named): boolean {
  return a.name === b.name && a.stack === b.stack && a.namespace === b.namespace;
}

export function serviceOf({ state }: World, named: Named): ServiceState | undefined {
  return state.services.find((service) => isSame(service, named));
}

/** The node that the container is on, or was when it ended. */
export function nodeOf({ state }: World, { node }: TaskState): NodeState | undefined {
  return state.nodes.find(({ name }) => name === node);
}

/** Containers of the service that have not been done away with, in the order they were made. */
export function liveTasks({ state }: World, named: Named): TaskState[] {
  return state.tasks.filter((task) => task.phase !== 'terminated' && isSame(task, named));
}

/** On a node, and taking up its ports: anything between being placed and having ended. */
export function occupies({ phase }: TaskState): boolean {
  return phase !== 'placing' && phase !== 'exited' && phase !== 'terminated';
}

export function isOfVersion(task: TaskState, version: { readonly hash: string; readonly generation: number }): boolean {
  return task.hash === version.hash && task.generation === version.generation;
}

/** Does what it is there for: running and not awaiting a health check, or completed; or was stopped on purpose. */
export function isReady({ phase, health, exitCode, held }: TaskState): boolean {
  if (phase === 'exited') return exitCode === 0 || held;
  return phase === 'running' && (health === null || health === 'healthy');
}
