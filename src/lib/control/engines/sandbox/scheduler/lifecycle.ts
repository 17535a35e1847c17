import { drawBetween, drawId } from '../draw.js';
import { faultAt } from '../faults.js';
import type { NodeState, ServiceState, TaskState } from '../state.js';
import { taskSpec } from '../task-spec.js';
import { afterEnd, beginRun, exitByItself } from './run.js';
import { finishStop, stoppedMessage } from './stop.js';
import { after, emitTask, nodeOf, type World } from './world.js';

/** Makes the container of a slot. It has no node yet; one of a service that is stopped waits to be started. */
export function createTask(world: World, service: ServiceState, slot: number): TaskState {
  const { state } = world;
  const order = ++state.births;
  const { namespace, stack, name, hash, generation, release } = service;
  const task: TaskState = {
    id: drawId(state.seed, namespace, stack, name, slot, order),
    ...{ namespace, stack, name, order, slot, hash, generation, release },
    spec: taskSpec(service, slot),
    phase: service.stopped ? 'exited' : 'placing',
    dueMs: null,
    desired: true,
    held: service.stopped,
    ending: null,
    frozen: null,
    node: null,
    ports: [],
    health: null,
    healthDueMs: null,
    healthNext: null,
    exitCode: null,
    message: service.stopped ? stoppedMessage : null,
    start: 1,
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
  const { start, spec } = task;
  const { image } = spec;
  const missing = !node.images.includes(image);
  const broken = faultAt(spec.faults, 'pull-error', task.id, start) !== undefined;
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
  const fault = faultAt(spec.faults, 'unhealthy', task.id, task.start);
  if (healthNext === 'unhealthy') {
    task.message = `health check failed ${spec.health?.retries ?? 0} times in a row`;
  } else if (fault !== undefined && spec.health !== null) {
    task.healthNext = 'unhealthy';
    task.healthDueMs = after(world, fault.afterMs + spec.health.retries * spec.health.intervalMs);
  }
}

function finishPull(world: World, task: TaskState): void {
  const { start, spec } = task;
  const { faults, image } = spec;
  if (faultAt(faults, 'pull-error', task.id, start) !== undefined) {
    afterEnd(world, task, `no such image: ${image}`, true);
    return;
  }
  const node = nodeOf(world, task);
  if (node !== undefined && !node.images.includes(image)) node.images.push(image);
  const slow = faultAt(faults, 'start-slow', task.id, start)?.afterMs ?? 0;
  task.phase = 'starting';
  task.message = null;
  task.dueMs = after(world, drawBetween(300, 1_000, task.id, 'start') + slow);
}

function restart(world: World, task: TaskState): void {
  task.start++;
  task.restarts++;
  task.backoff++;
  task.attempts++;
  const node = nodeOf(world, task);
  if (node !== undefined) beginPull(world, task, node);
}
