import { isJob } from '../../../plan/desired.js';
import type { ServiceResource } from '../../../plan/resources.js';
import { hasCompletedWith } from '../../actions/restart-policy.js';
import { isAlive } from './advance.js';
import { isRolling, type ServiceRecord } from './record.js';
import { isBlocked, type Replica } from './replica.js';
import { isCurrent } from './slots.js';

/**
 * The record of a service after it was asked for: once more as it is, or as something else. Pure.
 *
 * @param replicas its containers now.
 * @param nowMs by the daemon's clock, in milliseconds since 1970.
 */
export function appliedRecord(
  known: ServiceRecord | null,
  service: ServiceResource,
  replicas: readonly Replica[],
  { epoch, nowMs }: { readonly epoch: number; readonly nowMs: number },
): ServiceRecord {
  const base = { epoch, service, adopted: known?.adopted ?? null };
  if (known === null) {
    return { ...base, previous: null, rollout: null, held: [], again: [], anew: [] };
  }
  if (service.stopped === true) {
    return { ...known, ...base, held: [], again: [], anew: [] };
  }
  const outdated = replicas.filter((replica) => !isCurrent(replica, service));
  const ended = replicas.filter(
    (replica) => isCurrent(replica, service) && !isAlive(replica) && replica.state !== 'created',
  );
  const isFailed = (replica: Replica): boolean => isAskedAnew(known, replica);
  return {
    ...base,
    previous: previousOf(known, service),
    rollout:
      outdated.length === 0
        ? settledRollout(known)
        : { state: 'updating', message: null, startedMs: nowMs, failed: [] },
    held: [],
    again: ended.filter((replica) => isAskedAgain(known, service, replica) && !isFailed(replica)).map(({ id }) => id),
    anew: replicas.filter((replica) => isCurrent(replica, service) && isFailed(replica)).map(({ id }) => id),
  };
}

/** A rollback goes back to what was known to be good: not to a version whose own rollout did not end well. */
function previousOf(known: ServiceRecord, service: ServiceResource): ServiceResource | null {
  if (known.service.hash === service.hash && known.service.generation === service.generation) return known.previous;
  return isRolling(known) || known.rollout?.state === 'paused' ? known.previous : known.service;
}

/** Nothing is left to replace: a rollout that was under way is over. */
function settledRollout({ rollout }: ServiceRecord): ServiceRecord['rollout'] {
  if (rollout === null) return null;
  return { ...rollout, state: 'completed', message: null, failed: [] };
}

/** One that was stopped: with its service, by hand, or for one that was to take its place; or that has ended too early. */
function isAskedAgain({ held, service: before }: ServiceRecord, service: ServiceResource, replica: Replica): boolean {
  if (held.includes(replica.id) || before.stopped === true) return true;
  if (!isCurrent(replica, before) && !isJob(service.definition)) return true;
  return !hasCompletedWith(service.definition, replica.exitCode, replica.restarts);
}

/** One that failed, or could not be started: starting it again would lead to the same. */
function isAskedAnew({ rollout, held, service }: ServiceRecord, replica: Replica): boolean {
  if (held.includes(replica.id) || !isCurrent(replica, service)) return false;
  if ((replica.error !== null && !isBlocked(replica)) || replica.state === 'dead') return true;
  return rollout?.state === 'paused' && rollout.failed.includes(replica.slot);
}
