import { drawBetween } from '../draw.js';
import { faultAt } from '../faults.js';
import type { TaskState } from '../state.js';
import { endRun, endUnasked } from './run.js';
import { after, emitTask, isSame, nodeOf, type World } from './world.js';

/** Ended containers that stay visible: so many of each service, and so many in all. */
const keptPerService = 20;
const keptInAll = 500;
/** What a container that was stopped on purpose says of itself. */
export const stoppedMessage = 'stopped';

type Then = NonNullable<TaskState['ending']>['then'];

/** Asks the container to end for good. One that runs takes its time; any other is gone at once. */
export function stopTask(world: World, task: TaskState, why: string): void {
  const wasDesired = task.desired;
  task.desired = false;
  if (task.phase === 'terminated' || (task.phase === 'stopping' && !wasDesired)) return;
  // What it ended of by itself says more than that it is no longer wanted.
  if (task.phase !== 'exited' || task.held) task.message = why;
  if (task.phase === 'stopping') task.ending = { exitCode: task.ending?.exitCode ?? 0, then: 'terminate' };
  else if (isUp(task)) beginStop(world, task, 'terminate');
  else terminate(world, task);
}

/** Stops the container, and keeps it. It is not started again but by hand. */
export function holdTask(world: World, task: TaskState): void {
  if (!task.desired || (task.held && task.phase === 'exited')) return;
  task.held = true;
  task.message = stoppedMessage;
  if (task.phase === 'stopping') {
    task.ending = { exitCode: task.ending?.exitCode ?? 0, then: 'hold' };
  } else if (isUp(task)) {
    beginStop(world, task, 'hold');
  } else if (task.phase !== 'exited') {
    // It was on its way to a start: one that had run before has ended of that run.
    if (task.phase === 'backoff') task.stoppedMs ??= world.state.nowMs;
    rest(world, task);
  }
}

/**
 * Starts a container that has ended, or will have in a moment, on the node that it has. Where that node is down it is
 * done away with, so that another one takes its slot.
 */
export function resumeTask(world: World, task: TaskState): void {
  if (!task.desired) return;
  task.held = false;
  if (task.phase === 'stopping') {
    task.ending = { exitCode: task.ending?.exitCode ?? 0, then: 'start' };
    return;
  }
  if (task.phase !== 'exited') return;
  if (task.node !== null && nodeOf(world, task)?.state !== 'ready') {
    loseTask(world, task);
    return;
  }
  if (task.stoppedMs !== null) task.start++;
  const anew = { backoff: 0, attempts: 0, failures: 0, exitCode: null, message: null };
  Object.assign(task, { phase: 'placing', ports: [], ...anew });
}

/** A signal that ends what gets it; a container that hangs heeds none but SIGKILL. */
export function endBySignal(world: World, task: TaskState, signal: string, exitCode: number): void {
  emitTask(world, task, 'kill', signal);
  if (signal === 'SIGKILL') finishStop(world, task, { exitCode, then: task.ending?.then ?? 'restart-policy' });
  else if (task.phase === 'running' && !hangs(task)) bringToEnd(world, task, { exitCode, then: 'restart-policy' });
}

function beginStop(world: World, task: TaskState, then: Then): void {
  emitTask(world, task, 'kill', 'SIGTERM');
  bringToEnd(world, task, { exitCode: hangs(task) ? 137 : 0, then });
}

function bringToEnd(world: World, task: TaskState, ending: NonNullable<TaskState['ending']>): void {
  const { graceMs } = task.spec;
  Object.assign(task, { phase: 'stopping', ending, frozen: null, healthDueMs: null, healthNext: null });
  task.dueMs = after(world, hangs(task) ? graceMs : Math.min(graceMs, drawBetween(200, 900, task.id, 'stop')));
}

/** The process has ended, as it was asked to. */
export function finishStop(world: World, task: TaskState, ending = task.ending): void {
  const { exitCode, then } = ending ?? { exitCode: 0, then: 'terminate' };
  const bySignal = ending !== task.ending || then === 'restart-policy';
  Object.assign(task, { dueMs: null, ending: null });
  if (then === 'restart-policy') {
    endUnasked(world, task, 'signal', exitCode);
    return;
  }
  endRun(world, task, bySignal ? 'signal' : exitCode === 137 ? 'kill' : 'stop', exitCode);
  emitTask(world, task, 'die', `exit code ${exitCode}`);
  if (then === 'terminate') {
    terminate(world, task);
    return;
  }
  rest(world, task);
  if (then === 'start') resumeTask(world, task);
}

/** It runs no more, and keeps its place. */
function rest(world: World, task: TaskState): void {
  Object.assign(task, { phase: 'exited', dueMs: null, message: stoppedMessage });
  emitTask(world, task, 'stop');
}

/** The node under the container is gone, and the container with it. */
export function loseTask(world: World, task: TaskState): void {
  const why = `node ${task.node ?? ''} is down`;
  if (isUp(task) || task.phase === 'stopping') {
    endRun(world, task, 'lost', null);
    emitTask(world, task, 'die', why);
  }
  task.message = why;
  terminate(world, task);
}

function isUp({ phase }: TaskState): boolean {
  return phase === 'running' || phase === 'paused';
}

function hangs({ spec, id, start }: TaskState): boolean {
  return faultAt(spec.faults, 'hang', id, start) !== undefined;
}

function terminate(world: World, task: TaskState): void {
  const { state } = world;
  task.phase = 'terminated';
  Object.assign(task, { desired: false, held: false, ending: null, frozen: null, dueMs: null });
  task.stoppedMs ??= state.nowMs;
  emitTask(world, task, 'destroy', task.message);
  const ended = state.tasks
    .filter(({ phase }) => phase === 'terminated')
    .sort((a, b) => (a.stoppedMs ?? 0) - (b.stoppedMs ?? 0));
  const ofService = ended.filter((other) => isSame(other, task));
  const dropped = new Set([...ofService.slice(0, -keptPerService), ...ended.slice(0, -keptInAll)]);
  if (dropped.size > 0) state.tasks = state.tasks.filter((other) => !dropped.has(other));
}
