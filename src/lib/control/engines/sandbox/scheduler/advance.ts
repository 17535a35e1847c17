import { decodeInput } from '../input.js';
import type { SandboxInput, SandboxTransition } from '../journal.js';
import type { SandboxState, TaskState } from '../state.js';
import { onNodeDue, takeInput } from './apply.js';
import { onHealthDue, onTaskDue } from './lifecycle.js';
import { placeAll } from './placement.js';
import { reconcile } from './reconcile.js';
import { isUnderWay } from './rollout.js';
import { serviceOf, type World } from './world.js';

export interface Advanced {
  readonly state: SandboxState;
  readonly transitions: readonly SandboxTransition[];
}

/**
 * Lets time pass in the sandbox: takes in the inputs and does what falls due, in order of time, up to `untilMs`
 * (included). Pure: the same arguments give the same answer and `state` stays as it was; and however many looks the
 * time is split into, they give the same transitions and state as one look, as long as every input is there at the
 * first look that is later than it. An input that comes after that counts as of the last thing that happened.
 *
 * @throws StoreError when an input cannot be read.
 */
export function advance(state: SandboxState, inputs: readonly SandboxInput[], untilMs: number): Advanced {
  const world: World = { state: structuredClone(state), transitions: [] };
  const waiting = inputs.filter(({ sequence }) => sequence > state.lastInput);
  for (;;) {
    const input = waiting[0];
    const due = nextDue(world);
    // What is due at the time of an input comes first: a look at that very time has done it already.
    if (due !== undefined && due.atMs <= untilMs && (input === undefined || due.atMs <= input.atMs)) {
      world.state.nowMs = Math.max(world.state.nowMs, due.atMs);
      due.happen();
    } else if (input !== undefined && input.atMs <= untilMs) {
      waiting.shift();
      world.state.nowMs = Math.max(world.state.nowMs, input.atMs);
      takeInput(world, input.sequence, decodeInput(input.body));
      world.state.lastInput = input.sequence;
    } else {
      return world;
    }
    placeAll(world);
  }
}

/** When something falls due next by itself, in milliseconds since 1970; undefined when nothing does. */
export function nextDueMs(state: SandboxState): number | undefined {
  return nextDue({ state, transitions: [] })?.atMs;
}

interface Due {
  readonly atMs: number;
  readonly happen: () => void;
}

/** At the same time nodes come before containers and containers before rollouts, each in the order they were made. */
function nextDue(world: World): Due | undefined {
  const { nodes, tasks, services } = world.state;
  let next: Due | undefined;
  const isSooner = (atMs: number | null): atMs is number => atMs !== null && (next === undefined || atMs < next.atMs);
  for (const node of nodes) {
    const atMs = node.downMs ?? node.upMs;
    if (isSooner(atMs)) next = { atMs, happen: () => onNodeDue(world, node) };
  }
  for (const task of tasks) {
    const { healthDueMs, dueMs } = task;
    if (isSooner(healthDueMs)) next = { atMs: healthDueMs, happen: () => onDueOf(world, task, onHealthDue) };
    if (isSooner(dueMs)) next = { atMs: dueMs, happen: () => onDueOf(world, task, onTaskDue) };
  }
  for (const service of services) {
    const atMs = service.rollout?.wakeMs ?? null;
    if (isSooner(atMs)) next = { atMs, happen: () => reconcile(world, service) };
  }
  return next;
}

function onDueOf(world: World, task: TaskState, happen: (world: World, task: TaskState) => void): void {
  happen(world, task);
  const service = serviceOf(world, task);
  const rollout = service?.rollout ?? null;
  // What a container does by itself changes who is wanted only while replicas are being replaced.
  if (service !== undefined && rollout !== null && isUnderWay(rollout)) reconcile(world, service);
}
