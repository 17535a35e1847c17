import type { TaskState } from '../state.js';
import { closePause } from './run.js';
import { emitTask, type World } from './world.js';

/** Freezes a container that runs: it writes nothing, and nothing falls due in it. */
export function pauseTask(world: World, task: TaskState): void {
  const { nowMs } = world.state;
  task.frozen = { sinceMs: nowMs, dueMs: task.dueMs, healthDueMs: task.healthDueMs };
  Object.assign(task, { phase: 'paused', dueMs: null, healthDueMs: null });
  task.runs.at(-1)?.pauses.push({ fromMs: nowMs, toMs: null });
  emitTask(world, task, 'pause');
}

/** Lets a paused container go on where it was. */
export function unpauseTask(world: World, task: TaskState): void {
  const { nowMs } = world.state;
  const { sinceMs, dueMs, healthDueMs } = task.frozen ?? { sinceMs: nowMs, dueMs: null, healthDueMs: null };
  const later = (ms: number | null): number | null => (ms === null ? null : ms + nowMs - sinceMs);
  Object.assign(task, { phase: 'running', frozen: null, dueMs: later(dueMs), healthDueMs: later(healthDueMs) });
  const run = task.runs.at(-1);
  if (run !== undefined) closePause(run, nowMs);
  emitTask(world, task, 'unpause');
}
