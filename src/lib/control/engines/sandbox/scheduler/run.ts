import { faultAt } from '../faults.js';
import type { Run, TaskState } from '../state.js';
import { after, emitTask, type World } from './world.js';

/** Runs of a container that its log can tell of. */
const keptRuns = 10;
/** The back-off doubles from one second; an hour at most keeps a crash loop that nobody looks at cheap. */
const firstBackoffMs = 1_000;
const longestBackoffMs = 3_600_000;
/** As Docker has it: a run this long makes the back-off start again. */
const steadyMs = 10_000;
/** How long a job runs. */
const jobMs = 3_000;

/** The container begins to run. */
export function beginRun(world: World, task: TaskState): void {
  const { state } = world;
  const { spec } = task;
  const number = task.start;
  task.phase = 'running';
  task.message = null;
  task.exitCode = null;
  task.startedMs = state.nowMs;
  task.stoppedMs = null;
  const open = { endMs: null, exitCode: null, end: null, pauses: [] };
  task.runs.push({ number, startMs: state.nowMs, ...open, speed: state.speed });
  if (task.runs.length > keptRuns) task.runs.shift();
  const exit = faultAt(spec.faults, 'exit', task.id, number);
  if (exit !== undefined || spec.completes) task.dueMs = after(world, exit?.afterMs ?? jobMs);
  emitTask(world, task, 'start', task.node === null ? null : `on ${task.node}`);
  beginHealth(world, task, number);
}

function beginHealth(world: World, task: TaskState, number: number): void {
  const { health, faults } = task.spec;
  if (health === null) return;
  task.health = 'starting';
  const fault = faultAt(faults, 'unhealthy', task.id, number);
  const bad = fault !== undefined && fault.afterMs === 0;
  task.healthNext = bad ? 'unhealthy' : 'healthy';
  task.healthDueMs = after(world, bad ? health.startPeriodMs + health.retries * health.intervalMs : health.firstMs);
}

/** Its time is up: it ends by a fault, or has done its work. */
export function exitByItself(world: World, task: TaskState): void {
  endUnasked(world, task, 'exit', faultAt(task.spec.faults, 'exit', task.id, task.start)?.exitCode ?? 0);
}

/** It ends, but not because somebody stops it: its restart policy decides what comes then. */
export function endUnasked(world: World, task: TaskState, end: 'exit' | 'signal', exitCode: number): void {
  const ranMs = endRun(world, task, end, exitCode);
  emitTask(world, task, 'die', `exit code ${exitCode}`);
  const { windowMs } = task.spec.restart;
  if (ranMs >= steadyMs) task.backoff = 0;
  if (windowMs > 0 && ranMs >= windowMs) task.attempts = 0;
  afterEnd(world, task, `exit code ${exitCode}`, exitCode !== 0);
}

/** Closes the run. Gives how long it was, in sandbox milliseconds. */
export function endRun(
  { state }: World,
  task: TaskState,
  end: NonNullable<Run['end']>,
  exitCode: number | null,
): number {
  const run = task.runs.at(-1);
  task.exitCode = exitCode;
  task.stoppedMs = state.nowMs;
  task.health = null;
  task.healthDueMs = null;
  task.healthNext = null;
  task.frozen = null;
  if (run === undefined) return 0;
  closePause(run, state.nowMs);
  Object.assign(run, { endMs: state.nowMs, end, exitCode });
  return (state.nowMs - run.startMs) * run.speed;
}

/** The restart policy decides what becomes of a container that nobody asked to stop. */
export function afterEnd(world: World, task: TaskState, why: string, failed: boolean): void {
  const { condition, delayMs, maxAttempts } = task.spec.restart;
  if (failed) task.failures++;
  const wanted = condition === 'any' || (condition === 'on-failure' && failed);
  if (wanted && (maxAttempts === 0 || task.attempts < maxAttempts)) {
    const waitMs = Math.max(delayMs, Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(task.backoff, 30)));
    task.phase = 'backoff';
    task.dueMs = after(world, waitMs);
    task.message = `${why}, restart ${task.restarts + 1} follows`;
    return;
  }
  task.phase = 'exited';
  task.stoppedMs ??= world.state.nowMs;
  task.message = wanted ? `${why}, given up after ${task.attempts} restarts` : why;
}

/** Ends the pause that the run is in, if it is in one. */
export function closePause({ pauses }: Run, nowMs: number): void {
  const last = pauses.at(-1);
  if (last !== undefined) last.toMs ??= nowMs;
}
