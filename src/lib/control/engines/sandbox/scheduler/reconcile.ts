import type { ServiceState } from '../state.js';
import { isGlobal } from '../../../../plan/desired.js';
import { meetsConstraints } from './constraint.js';
import { createTask } from './lifecycle.js';
import { advanceRollout } from './rollout.js';
import { stopTask } from './stop.js';
import { liveTasks, type World } from './world.js';

/** Brings a service one look nearer to what is asked: too many go, outdated ones are replaced, missing ones are made. */
export function reconcile(world: World, service: ServiceState): void {
  const slots = wantedSlots(world, service);
  const surplus = liveTasks(world, service).filter(({ slot, desired }) => desired && !slots.has(slot));
  for (const task of surplus.sort((a, b) => b.slot - a.slot)) stopTask(world, task, 'scaled down');
  if (service.rollout !== null) {
    service.rollout.units = service.rollout.units.filter(({ slot }) => slots.has(slot));
    advanceRollout(world, service, service.rollout);
  }
  const filled = new Set([
    ...liveTasks(world, service).flatMap(({ slot, desired }) => (desired ? [slot] : [])),
    ...(service.rollout?.units ?? []).map(({ slot }) => slot),
  ]);
  for (const slot of slots) {
    if (!filled.has(slot)) createTask(world, service, slot);
  }
}

/**
 * The slots that should be taken: as many as replicas; in the global modes the numbers of the nodes that match. Where no
 * node matches, slot 1 is asked for all the same, so that somebody is told.
 */
function wantedSlots({ state }: World, service: ServiceState): Set<number> {
  if (!isGlobal(service.definition)) {
    service.slots = resized(service.slots, service.replicas);
    return new Set(service.slots);
  }
  const constraints = service.definition.deploy?.placement?.constraints ?? [];
  const matching = state.nodes.filter((node) => node.state === 'ready' && meetsConstraints(node, constraints));
  return new Set(matching.length === 0 ? [1] : matching.map(({ number }) => number));
}

/** The lowest of the slots there are, and where they are too few the lowest numbers between and after them. */
function resized(slots: readonly number[], count: number): number[] {
  const kept = new Set([...slots].sort((a, b) => a - b).slice(0, count));
  for (let slot = 1; kept.size < count; slot++) kept.add(slot);
  return [...kept].sort((a, b) => a - b);
}
