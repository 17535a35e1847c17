import { drawBetween, drawId } from '../draw.js';
import { faultAt } from '../faults.js';
import type { NodeState, Run, ServiceState, TaskState } from '../state.js';
import { taskSpec } from '../task-spec.js';
import { after, emitTask, isSame, type World } from './world.js';

/** Ended containers that stay visible: so many of each service, and so many in all. */
const keptPerService = 20;
const keptInAll = 500;
/** Runs of a container that its log can tell of. */
const keptRuns = 10;
/** The back-off doubles from one second; an hour at most keeps a crash loop that nobody looks at cheap. */
const firstBackoffMs = 1_000;
const longestBackoffMs = 3_600_000;
/** As Docker has it: a run this long makes the back-off start again. */
const steadyMs = 10_000;
/** How long a job runs. */
const jobMs = 3_000;

/** Makes the container of a slot. It has no node yet. */
export function createTask(world: World, service: ServiceState, slot: number): TaskState {
  const { state } = world;
  const order = ++state.births;
  const { namespace, stack, name, hash, generation } = service;
  const task: TaskState = {
    id: drawId(state.seed, namespace, stack, name, slot, order),
    ...{ namespace, stack, name, order, slot, hash, generation },
    spec: taskSpec(service, slot),
    phase: 'placing',
    dueMs: null,
    desired: true,
    node: null,
    ports: [],
    health: null,
    healthDueMs: null,
    healthNext: null,
    exitCode: null,
    message: null,
    restarts: 0,
    failures: 0,
    backoff: 0,
    attempts: 0,
    createdMs: state.nowMs,
    startedMs: null,
    stoppedMs: null,
    runs: [],
  };
  state.tasks.push(task);
  emitTask(world, task, 'create', `image ${task.spec.image}`);
  return task;
}

/** The container has its node: the image is fetched unless the node has it, then it starts. */
export function beginPull(world: World, task: TaskState, node: NodeState): void {
  const { image } = task.spec;
  const start = task.restarts + 1;
  const missing = !node.images.includes(image);
  const broken = faultAt(task.spec.faults, 'pull-error', task.id, start) !== undefined;
  task.phase = 'pulling';
  task.message = missing || broken ? `pulling ${image}` : null;
  task.dueMs = after(world, broken ? 1_000 : missing ? drawBetween(1_500, 4_000, world.state.seed, image) : 0);
}

/** What falls due in a container: the end of its phase. */
export function onTaskDue(world: World, task: TaskState): void {
  task.dueMs = null;
  switch (task.phase) {
    case 'pulling': {
      finishPull(world, task);
      return;
    }
    case 'starting': {
      beginRun(world, task);
      return;
    }
    case 'running': {
      exitByItself(world, task);
      return;
    }
    case 'stopping': {
      finishStop(world, task);
      return;
    }
    case 'backoff': {
      restart(world, task);
      return;
    }
    default:
  }
}

/** What falls due in a container: its health check has made up its mind. */
export function onHealthDue(world: World, task: TaskState): void {
  const { spec, healthNext } = task;
  task.health = healthNext;
  task.healthDueMs = null;
  task.healthNext = null;
  if (healthNext === null) return;
  emitTask(world, task, `health_status: ${healthNext}`);
  const fault = faultAt(spec.faults, 'unhealthy', task.id, task.restarts + 1);
  if (healthNext === 'unhealthy') {
    task.message = `health check failed ${spec.health?.retries ?? 0} times in a row`;
  } else if (fault !== undefined && spec.health !== null) {
    task.healthNext = 'unhealthy';
    task.healthDueMs = after(world, fault.afterMs + spec.health.retries * spec.health.intervalMs);
  }
}

function finishPull(world: World, task: TaskState): void {
  const { faults, image } = task.spec;
  const start = task.restarts + 1;
  if (faultAt(faults, 'pull-error', task.id, start) !== undefined) {
    afterEnd(world, task, `no such image: ${image}`, true);
    return;
  }
  const node = world.state.nodes.find(({ name }) => name === task.node);
  if (node !== undefined && !node.images.includes(image)) node.images.push(image);
  const slow = faultAt(faults, 'start-slow', task.id, start)?.afterMs ?? 0;
  task.phase = 'starting';
  task.message = null;
  task.dueMs = after(world, drawBetween(300, 1_000, task.id, 'start') + slow);
}

function beginRun(world: World, task: TaskState): void {
  const { state } = world;
  const { spec } = task;
  const number = task.restarts + 1;
  task.phase = 'running';
  task.message = null;
  task.exitCode = null;
  task.startedMs = state.nowMs;
  task.stoppedMs = null;
  task.runs.push({ number, startMs: state.nowMs, endMs: null, exitCode: null, end: null, speed: state.speed });
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

function exitByItself(world: World, task: TaskState): void {
  const exitCode = faultAt(task.spec.faults, 'exit', task.id, task.restarts + 1)?.exitCode ?? 0;
  const ranMs = endRun(world, task, 'exit', exitCode);
  emitTask(world, task, 'die', `exit code ${exitCode}`);
  const { windowMs } = task.spec.restart;
  if (ranMs >= steadyMs) task.backoff = 0;
  if (windowMs > 0 && ranMs >= windowMs) task.attempts = 0;
  afterEnd(world, task, `exit code ${exitCode}`, exitCode !== 0);
}

/** Closes the run. Gives how long it was, in sandbox milliseconds. */
function endRun({ state }: World, task: TaskState, end: NonNullable<Run['end']>, exitCode: number | null): number {
  const run = task.runs.at(-1);
  task.exitCode = exitCode;
  task.stoppedMs = state.nowMs;
  task.health = null;
  task.healthDueMs = null;
  task.healthNext = null;
  if (run === undefined) return 0;
  Object.assign(run, { endMs: state.nowMs, end, exitCode });
  return (state.nowMs - run.startMs) * run.speed;
}

/** The restart policy decides what becomes of a container that ended by itself. */
function afterEnd(world: World, task: TaskState, why: string, failed: boolean): void {
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

function restart(world: World, task: TaskState): void {
  task.restarts++;
  task.backoff++;
  task.attempts++;
  const node = world.state.nodes.find(({ name }) => name === task.node);
  if (node !== undefined) beginPull(world, task, node);
}

/** Asks the container to end for good. One that runs takes its time; any other is gone at once. */
export function stopTask(world: World, task: TaskState, why: string): void {
  task.desired = false;
  if (task.phase === 'stopping' || task.phase === 'terminated') return;
  // What it ended of says more than that it is no longer wanted.
  if (task.phase !== 'exited') task.message = why;
  if (task.phase !== 'running') {
    terminate(world, task);
    return;
  }
  const hangs = faultAt(task.spec.faults, 'hang', task.id, task.restarts + 1) !== undefined;
  const { graceMs } = task.spec;
  task.phase = 'stopping';
  task.healthDueMs = null;
  task.healthNext = null;
  task.dueMs = after(world, hangs ? graceMs : Math.min(graceMs, drawBetween(200, 900, task.id, 'stop')));
  emitTask(world, task, 'kill', 'SIGTERM');
}

function finishStop(world: World, task: TaskState): void {
  const hangs = faultAt(task.spec.faults, 'hang', task.id, task.restarts + 1) !== undefined;
  const exitCode = hangs ? 137 : 0;
  endRun(world, task, hangs ? 'kill' : 'stop', exitCode);
  emitTask(world, task, 'die', `exit code ${exitCode}`);
  terminate(world, task);
}

/** The node under the container is gone, and the container with it. */
export function loseTask(world: World, task: TaskState): void {
  const why = `node ${task.node ?? ''} is down`;
  if (task.phase === 'running' || task.phase === 'stopping') {
    endRun(world, task, 'lost', null);
    emitTask(world, task, 'die', why);
  }
  task.message = why;
  terminate(world, task);
}

function terminate(world: World, task: TaskState): void {
  const { state } = world;
  task.phase = 'terminated';
  task.desired = false;
  task.dueMs = null;
  task.stoppedMs ??= state.nowMs;
  emitTask(world, task, 'destroy', task.message);
  const ended = state.tasks
    .filter(({ phase }) => phase === 'terminated')
    .sort((a, b) => (a.stoppedMs ?? 0) - (b.stoppedMs ?? 0));
  const ofService = ended.filter((other) => isSame(other, task));
  const dropped = new Set([...ofService.slice(0, -keptPerService), ...ended.slice(0, -keptInAll)]);
  if (dropped.size > 0) state.tasks = state.tasks.filter((other) => !dropped.has(other));
}
