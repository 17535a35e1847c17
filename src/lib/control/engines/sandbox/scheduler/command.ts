import { isGlobal } from '../../../../plan/desired.js';
import type { ContainerCommand } from '../../../../plan/resources.js';
import type { TaskRef } from '../../engine.js';
import { exitCodeOf } from '../signals.js';
import type { Refusal, SandboxState, TaskState } from '../state.js';
import { containerState } from '../view.js';
import { pauseTask, unpauseTask } from './pause.js';
import { reconcile } from './reconcile.js';
import { endBySignal, holdTask, resumeTask, stopTask } from './stop.js';
import { emitTask, nodeOf, serviceOf, taskName, type World } from './world.js';

/** Why this cannot be done to the container now; undefined when it can, or when it is so already. */
export function commandRefusal(
  state: SandboxState,
  ref: TaskRef,
  command: ContainerCommand,
): Omit<Refusal, 'input'> | undefined {
  const task = findTask(state, ref);
  if (task === undefined) return { code: 'not_found', message: `there is no container ${ref.id} in ${ref.service}` };
  const name = taskName(task);
  if (task.phase === 'terminated') return { code: 'not_found', message: `${name} is gone: ${task.message ?? 'ended'}` };
  const message = wrongState({ state, transitions: [] }, task, command);
  return message === undefined ? undefined : { code: 'refused', message: `${name} ${message}` };
}

function wrongState(world: World, task: TaskState, command: ContainerCommand): string | undefined {
  const { phase, desired, node } = task;
  const is = containerState(phase);
  switch (command.do) {
    case 'start':
    case 'restart':
      if (!desired) return `is on its way out: ${is}`;
      return phase === 'exited' && node !== null && nodeOf(world, task)?.state !== 'ready'
        ? `cannot be started: node ${node} is down`
        : undefined;
    case 'pause':
      return phase === 'running' || phase === 'paused' ? undefined : `is not running: ${is}`;
    case 'unpause':
      return phase === 'running' || phase === 'paused' ? undefined : `is not paused: ${is}`;
    case 'kill': {
      if (phase === 'running') return undefined;
      const ends = (phase === 'paused' || phase === 'stopping') && command.signal === 'SIGKILL';
      return ends ? undefined : `is not running: ${is}`;
    }
    case 'remove': {
      const service = serviceOf(world, task);
      return desired && service !== undefined && isGlobal(service.definition)
        ? 'cannot be removed by itself: its service has one on every node'
        : undefined;
    }
    default:
      return undefined;
  }
}

/** Does it. What is so already stays so: whoever was cut off may ask again. */
export function takeCommand(world: World, ref: TaskRef, command: ContainerCommand): void {
  const task = findTask(world.state, ref);
  if (task === undefined) return;
  act(world, task, command);
  const service = serviceOf(world, task);
  if (service !== undefined) reconcile(world, service);
}

function act(world: World, task: TaskState, command: ContainerCommand): void {
  switch (command.do) {
    case 'start':
      resumeTask(world, task);
      return;
    case 'stop':
      holdTask(world, task);
      return;
    case 'restart':
      holdTask(world, task);
      resumeTask(world, task);
      return;
    case 'pause':
      if (task.phase === 'running') pauseTask(world, task);
      return;
    case 'unpause':
      if (task.phase === 'paused') unpauseTask(world, task);
      return;
    case 'kill':
      kill(world, task, command.signal);
      return;
    case 'replace':
      stopTask(world, task, 'replaced');
      return;
    case 'remove':
      remove(world, task);
  }
}

function kill(world: World, task: TaskState, signal: string): void {
  const exitCode = exitCodeOf(signal);
  if (exitCode === null) emitTask(world, task, 'kill', signal);
  else endBySignal(world, task, signal, exitCode);
}

/** Its slot goes with it, unless another container is there to take it. */
function remove(world: World, task: TaskState): void {
  if (!task.desired) return;
  stopTask(world, task, 'removed');
  const service = serviceOf(world, task);
  const taken = world.state.tasks.some(
    (other) => other.desired && other.slot === task.slot && serviceOf(world, other) === service,
  );
  if (service === undefined || taken) return;
  service.slots = service.slots.filter((slot) => slot !== task.slot);
  service.replicas = service.slots.length;
}

function findTask({ tasks }: SandboxState, { namespace, stack, service, id }: TaskRef): TaskState | undefined {
  return tasks.find(
    (task) => task.id === id && task.name === service && task.stack === stack && task.namespace === namespace,
  );
}
