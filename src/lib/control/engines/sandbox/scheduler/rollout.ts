import type { Rollout, ServiceState, TaskState } from '../state.js';
import { updatePolicy, type UpdatePolicy } from '../../update-policy.js';
import { createTask } from './lifecycle.js';
import { stopTask } from './stop.js';
import { emit, isOfVersion, isReady, liveTasks, realMs, type World } from './world.js';

type Unit = Rollout['units'][number];

/** Starts replacing what runs by what the service is now. The version before must be in `previous`. */
export function beginRollout(world: World, service: ServiceState, status: 'updating' | 'rolling_back'): void {
  const tasks = liveTasks(world, service).filter(({ desired }) => desired);
  // Only what fails from now on counts against this rollout.
  for (const task of tasks) task.failures = 0;
  const total = new Set(tasks.map(({ slot }) => slot)).size;
  service.rollout = { status, message: null, units: [], total, failed: 0, wakeMs: null };
}

/** Goes on with a rollout that was paused: the replicas that failed are made anew, then the others follow. */
export function resumeRollout(world: World, service: ServiceState): void {
  const failed = liveTasks(world, service).filter(
    (task) => task.desired && isOfVersion(task, service) && hasFailed(task),
  );
  beginRollout(world, service, 'updating');
  for (const task of failed) stopTask(world, task, 'replaced');
  if (service.rollout !== null) service.rollout.units = failed.map(({ slot }) => ({ slot, readyMs: null }));
}

/** Goes on with a rollout as far as it can go now. */
export function advanceRollout(world: World, service: ServiceState, rollout: Rollout): void {
  rollout.wakeMs = null;
  if (!isUnderWay(rollout)) return;
  const { update_config, rollback_config } = service.definition.deploy ?? {};
  const policy = updatePolicy(rollout.status === 'rolling_back' ? rollback_config : update_config);
  for (const unit of [...rollout.units]) {
    if (unitStep(world, service, rollout, unit, policy) === 'halt') return;
  }
  while (hasRoom(world, rollout, policy)) {
    const slot = nextOutdated(world, service, rollout);
    if (slot === undefined) break;
    const unit = { slot, readyMs: null };
    rollout.units.push(unit);
    if (unitStep(world, service, rollout, unit, policy) === 'halt') return;
  }
  if (rollout.units.length === 0) {
    finish(world, service, rollout);
    return;
  }
  rollout.wakeMs = nextWake(world, rollout, policy);
}

export function isUnderWay({ status }: Rollout): boolean {
  return status === 'updating' || status === 'rolling_back';
}

/** Does what can be done for one slot now. `halt`: the rollout was stopped or turned round. */
function unitStep(
  world: World,
  service: ServiceState,
  rollout: Rollout,
  unit: Unit,
  policy: UpdatePolicy,
): 'done' | 'halt' {
  const tasks = liveTasks(world, service).filter(({ slot }) => slot === unit.slot);
  const outdated = tasks.filter((task) => !isOfVersion(task, service));
  let fresh = tasks.find((task) => task.desired && isOfVersion(task, service));
  if (policy.order === 'start-first') fresh ??= createTask(world, service, unit.slot);
  if (fresh !== undefined && hasFailed(fresh)) return unitFailed(world, service, rollout, unit, fresh, policy);
  if (policy.order === 'stop-first' || (fresh !== undefined && isReady(fresh))) {
    for (const task of outdated) stopTask(world, task, 'replaced');
  }
  if (outdated.some(({ phase }) => phase !== 'terminated')) return 'done';
  fresh ??= createTask(world, service, unit.slot);
  if (!isReady(fresh)) {
    unit.readyMs = null;
    return 'done';
  }
  const { nowMs } = world.state;
  unit.readyMs ??= nowMs;
  const settled = unit.readyMs + realMs(world.state, Math.max(policy.monitorMs, policy.delayMs));
  if (settled <= nowMs) drop(rollout, unit);
  return 'done';
}

function hasFailed({ failures, health }: TaskState): boolean {
  return failures > 0 || health === 'unhealthy';
}

/** One more slot is being replaced as long as the policy allows; those that only wait to be settled do not count. */
function hasRoom({ state }: World, { units }: Rollout, { parallelism, delayMs }: UpdatePolicy): boolean {
  if (parallelism === 0) return true;
  const busy = units.filter(({ readyMs }) => readyMs === null || readyMs + realMs(state, delayMs) > state.nowMs);
  return busy.length < parallelism;
}

function nextOutdated(world: World, service: ServiceState, { units }: Rollout): number | undefined {
  const taken = new Set(units.map(({ slot }) => slot));
  const slots = liveTasks(world, service)
    .filter((task) => task.desired && !isOfVersion(task, service) && !taken.has(task.slot))
    .map(({ slot }) => slot);
  return slots.length === 0 ? undefined : Math.min(...slots);
}

function nextWake({ state }: World, { units }: Rollout, { delayMs, monitorMs }: UpdatePolicy): number | null {
  const times = units
    .flatMap(({ readyMs }) =>
      readyMs === null ? [] : [readyMs + realMs(state, delayMs), readyMs + realMs(state, monitorMs)],
    )
    .filter((at) => at > state.nowMs);
  return times.length === 0 ? null : Math.min(...times);
}

function drop(rollout: Rollout, unit: Unit): void {
  rollout.units = rollout.units.filter((other) => other !== unit);
}

function unitFailed(
  world: World,
  service: ServiceState,
  rollout: Rollout,
  unit: Unit,
  task: TaskState,
  policy: UpdatePolicy,
): 'done' | 'halt' {
  drop(rollout, unit);
  rollout.failed++;
  const within = rollout.total > 0 && rollout.failed / rollout.total <= policy.maxFailureRatio;
  if (within || policy.failureAction === 'continue') {
    for (const old of liveTasks(world, service)) {
      if (old.slot === unit.slot && !isOfVersion(old, service)) stopTask(world, old, 'replaced');
    }
    return 'done';
  }
  const why = `${service.name}-${unit.slot}: ${task.message ?? 'failed'}`;
  if (policy.failureAction === 'rollback' && rollout.status === 'updating' && service.previous !== null) {
    rollBack(world, service, why);
  } else {
    Object.assign(rollout, { status: 'paused', message: why, units: [], wakeMs: null });
    emit(world, service, 'service', 'update', `paused: ${why}`);
  }
  return 'halt';
}

/** The version before becomes the one that is asked for, and replaces what runs. */
function rollBack(world: World, service: ServiceState, why: string): void {
  Object.assign(service, service.previous, { previous: null });
  beginRollout(world, service, 'rolling_back');
  if (service.rollout === null) return;
  service.rollout.message = why;
  emit(world, service, 'service', 'update', `rolling back: ${why}`);
  advanceRollout(world, service, service.rollout);
}

function finish(world: World, service: ServiceState, rollout: Rollout): void {
  rollout.status = rollout.status === 'rolling_back' ? 'rolled_back' : 'completed';
  emit(world, service, 'service', 'update', rollout.status === 'completed' ? 'completed' : 'rolled back');
}
