import { isGlobal } from '../../../plan/desired.js';
import type { ServiceResource } from '../../../plan/resources.js';
import { hasCompletedWith } from '../../actions/restart-policy.js';
import { updatePolicy, type UpdatePolicy } from '../update-policy.js';
import { isRolling, type Rollout, type ServiceRecord } from './record.js';
import { isBlocked, isReady, type Move, type Replica } from './replica.js';
import { isCurrent, type Slot, slotsOf } from './slots.js';

/** Long enough to see a replica that exits as soon as it starts; a file that wants Swarm's 5 seconds says so. */
const defaultMonitorMs = 1_000;

/** What is known of a service at one look. */
export interface Situation {
  readonly record: ServiceRecord;
  /** Its containers, of every version. */
  readonly replicas: readonly Replica[];
  /** By the daemon's clock, in milliseconds since 1970. */
  readonly nowMs: number;
  /** False where two containers of a slot cannot run at once: a fixed port, a fixed name. */
  readonly startFirst: boolean;
  /** False where no node takes it: nothing new is made then. */
  readonly placeable: boolean;
}

export interface Advance {
  readonly moves: readonly Move[];
  /** How the rollout stands after this look; the same object where nothing has changed. */
  readonly record: ServiceRecord;
}

/**
 * What is done next, and how the rollout stands: a pure function of what was asked for and what is there. Called again and
 * again it brings a service to its record, whoever calls it and wherever the last caller was interrupted.
 */
export function advance(situation: Situation): Advance {
  const { record } = situation;
  const slots = slotsOf(record, situation.replicas);
  const kept = slots.slice(0, wantedReplicas(record.service));
  const surplus = slots.slice(kept.length);
  const moves: Move[] = surplus.flatMap(removeAll);
  moves.push(...kept.flatMap(({ spare, slot }) => spare.map(({ id }): Move => ({ do: 'remove', id, slot }))));
  if (record.service.stopped === true) {
    return { moves: [...moves, ...kept.flatMap(stopAll)], record: withoutRollout(record) };
  }
  if (!situation.placeable) return { moves, record };
  const rolled = rollOn({ ...situation, record: withoutDone(record, kept) }, kept);
  moves.push(...renewals(record, kept), ...restarts(record, kept), ...rolled.moves, ...missing(record, kept));
  return { moves, record: rolled.record };
}

/** How many containers there should be: one on the only node in mode `global`. */
export function wantedReplicas(service: Pick<ServiceResource, 'definition' | 'replicas'>): number {
  return isGlobal(service.definition) ? 1 : service.replicas;
}

function removeAll({ slot, current, old, spare }: Slot): Move[] {
  return [...old, ...spare, ...(current === undefined ? [] : [current])].map(({ id }) => ({ do: 'remove', id, slot }));
}

function stopAll({ slot, current, old }: Slot): Move[] {
  return [...old, ...(current === undefined ? [] : [current])]
    .filter(isAlive)
    .map(({ id }) => ({ do: 'stop', id, slot }));
}

/** New containers in the lowest numbers that are free. */
function missing({ service }: ServiceRecord, kept: readonly Slot[]): Move[] {
  const taken = new Set(kept.map(({ slot }) => slot));
  const moves: Move[] = [];
  for (let slot = 1; kept.length + moves.length < wantedReplicas(service); slot += 1) {
    if (!taken.has(slot)) moves.push({ do: 'create', slot, beside: null, startFirst: false });
  }
  return moves;
}

/** Containers of the version wanted that could not be started until now, or that are to be started again. */
function restarts(record: ServiceRecord, kept: readonly Slot[]): Move[] {
  return kept.flatMap(({ slot, current, old }): Move[] => {
    if (current === undefined || old.some(isAlive) || !isWaiting(current, record)) return [];
    if (isRolling(record) && isToReturn({ current, old }, record)) return [];
    return [{ do: 'start', id: current.id, slot }];
  });
}

function isWaiting(replica: Replica, { again, anew }: ServiceRecord): boolean {
  if (anew.includes(replica.id)) return false;
  if (replica.state === 'created' && isBlocked(replica)) return true;
  return again.includes(replica.id) && !isAlive(replica);
}

/** Stopped for another version, it is to take its place again: that is replacing too. */
function isToReturn({ current, old }: Pick<Slot, 'current' | 'old'>, { again }: ServiceRecord): boolean {
  return current !== undefined && old.length > 0 && again.includes(current.id) && !isAlive(current);
}

/** New containers in the places of those that failed, which are spare then. */
function renewals({ anew }: ServiceRecord, kept: readonly Slot[]): Move[] {
  return kept.flatMap(({ slot, current }): Move[] =>
    current !== undefined && anew.includes(current.id)
      ? [{ do: 'create', slot, beside: current.id, startFirst: false }]
      : [],
  );
}

/** What was asked for once is forgotten when it has happened. */
function withoutDone(record: ServiceRecord, kept: readonly Slot[]): ServiceRecord {
  const present = (id: string): Replica | undefined => kept.find(({ current }) => current?.id === id)?.current;
  const again = record.again.filter((id) => {
    const replica = present(id);
    return replica !== undefined && !isAlive(replica);
  });
  const anew = record.anew.filter((id) => present(id) !== undefined);
  const same = again.length === record.again.length && anew.length === record.anew.length;
  return same ? record : { ...record, again, anew };
}

interface Progress {
  readonly moves: readonly Move[];
  readonly record: ServiceRecord;
}

/** Goes on with replacing what is of another version. */
function rollOn(situation: Situation, kept: readonly Slot[]): Progress {
  const { record } = situation;
  const { rollout } = record;
  if (rollout?.state !== 'updating' && rollout?.state !== 'rolling_back')
    return { moves: kept.filter(isWell).flatMap(tidy), record };
  const { update_config, rollback_config } = record.service.definition.deploy ?? {};
  const config = rollout.state === 'updating' ? update_config : rollback_config;
  const policy = updatePolicy(config, defaultMonitorMs);
  const work = kept.map((slot) => ({ slot, phase: phaseOf(slot, situation, rollout, policy) }));
  const failed = work.filter(({ phase }) => phase === 'failed').map(({ slot }) => slot.slot);
  const known = { ...rollout, failed: [...new Set([...rollout.failed, ...failed])].sort((a, b) => a - b) };
  const next = known.failed.length === rollout.failed.length ? record : { ...record, rollout: known };
  if (isOver(known, kept.length, policy)) return { moves: [], record: afterFailure(next, known, policy, situation) };
  // An old container is kept until the new one has proved itself: going back is starting it again.
  const tidied = work.filter(({ phase }) => phase === 'done').flatMap(({ slot }) => tidy(slot));
  if (work.every(({ phase }) => phase === 'done' || phase === 'failed')) {
    return { moves: tidied, record: tidied.length === 0 ? finished(next, known) : next };
  }
  return { moves: [...tidied, ...replacements(work, policy, situation)], record: next };
}

interface Work {
  readonly slot: Slot;
  readonly phase: Phase;
}

/** `outdated`: its turn has not come. `busy`: being replaced, or not settled yet. */
type Phase = 'outdated' | 'busy' | 'done' | 'failed';

function phaseOf(
  { current, slot, old }: Slot,
  { record, nowMs }: Situation,
  rollout: Rollout,
  policy: UpdatePolicy,
): Phase {
  if (current === undefined || isToReturn({ current, old }, record)) return 'outdated';
  if (record.anew.includes(current.id)) return 'busy';
  if (rollout.failed.includes(slot) || hasFailed(current, record, rollout)) return 'failed';
  if (hasCompletedWith(record.service.definition, current.exitCode, current.restarts)) return 'done';
  if (record.held.includes(current.id)) return 'done';
  if (!isReady(current) || current.startedMs === null) return 'busy';
  const settledMs = current.startedMs < rollout.startedMs ? current.startedMs : current.startedMs + policy.monitorMs;
  return nowMs >= settledMs ? 'done' : 'busy';
}

/** Made for this rollout, and not well. */
function hasFailed(replica: Replica, { held, again }: ServiceRecord, { startedMs }: Rollout): boolean {
  if (held.includes(replica.id) || again.includes(replica.id)) return false;
  if (replica.health === 'unhealthy' || (replica.error !== null && !isBlocked(replica))) return true;
  if (replica.createdMs >= startedMs && replica.restarts > 0) return true;
  const ended = replica.state === 'exited' || replica.state === 'dead';
  return ended && replica.exitCode !== 0;
}

/** More have failed than the policy allows. */
function isOver({ failed }: Rollout, total: number, { failureAction, maxFailureRatio }: UpdatePolicy): boolean {
  return failureAction !== 'continue' && failed.length > 0 && failed.length / Math.max(1, total) > maxFailureRatio;
}

function afterFailure(
  record: ServiceRecord,
  rollout: Rollout,
  policy: UpdatePolicy,
  { nowMs, replicas }: Situation,
): ServiceRecord {
  const { service, previous } = record;
  const message = `replica ${rollout.failed.join(', ')} of the new version failed`;
  if (rollout.state === 'updating' && policy.failureAction === 'rollback' && previous !== null) {
    const back: ServiceResource = { ...previous, replicas: service.replicas };
    return {
      ...record,
      service: back,
      previous: service,
      rollout: { state: 'rolling_back', message, startedMs: nowMs, failed: [] },
      // Those of the version before that were stopped for the new ones.
      again: replicas.filter((replica) => isCurrent(replica, back) && !isAlive(replica)).map(({ id }) => id),
    };
  }
  return { ...record, rollout: { ...rollout, state: 'paused', message } };
}

function finished(record: ServiceRecord, rollout: Rollout): ServiceRecord {
  const state = rollout.state === 'updating' ? 'completed' : 'rolled_back';
  return { ...record, rollout: { ...rollout, state } };
}

/** A service that is stopped has nothing left to replace: it starts as the version wanted. */
function withoutRollout(record: ServiceRecord): ServiceRecord {
  const { rollout } = record;
  if (rollout === null || (rollout.state !== 'updating' && rollout.state !== 'rolling_back')) return record;
  return { ...record, rollout: finished(record, rollout).rollout };
}

/** The new container runs, or has done its work. */
function isWell({ current }: Slot): boolean {
  return current !== undefined && (isReady(current) || (current.state === 'exited' && current.exitCode === 0));
}

/** What is old goes; whoever gave it the name of the slot gets that back. */
function tidy({ slot, current, old, spare }: Slot): Move[] {
  if (current?.aside === true && old.length + spare.length === 0) return [{ do: 'rename', id: current.id, slot }];
  return old.map(({ id }) => ({ do: 'remove', id, slot }));
}

/** The next slots, as many as the policy allows at once. */
function replacements(work: readonly Work[], policy: UpdatePolicy, situation: Situation): Move[] {
  const { parallelism, delayMs, order } = policy;
  const busy = work.filter(({ phase }) => phase === 'busy');
  const startFirst = order === 'start-first' && situation.startFirst;
  // A replacement that was interrupted is taken up where it stands.
  const moves = busy.flatMap(({ slot }) => goOn(slot, situation.record, startFirst));
  const lastMs = Math.max(
    ...work.map(({ slot, phase }) => (phase === 'done' ? settledMs(slot, policy, situation) : 0)),
    0,
  );
  if (busy.length === 0 && situation.nowMs < lastMs + delayMs) return moves;
  const room = parallelism === 0 ? work.length : Math.max(0, parallelism - busy.length);
  const next = work.filter(({ phase }) => phase === 'outdated').slice(0, room);
  return [...moves, ...next.flatMap(({ slot }) => replacement(slot, startFirst))];
}

/** One that is there takes its place again; else there is a new one. */
function replacement({ slot, current, old }: Slot, startFirst: boolean): Move[] {
  if (current === undefined) {
    const [newest] = [...old].sort((one, other) => other.createdMs - one.createdMs);
    return [{ do: 'create', slot, beside: newest?.id ?? null, startFirst }];
  }
  const alive = startFirst ? [] : old.filter(isAlive);
  return alive.length > 0 ? alive.map(({ id }) => ({ do: 'stop', id, slot })) : [{ do: 'start', id: current.id, slot }];
}

/** When a slot was done replacing; 0 where that was not in this rollout. */
function settledMs({ current }: Slot, { monitorMs }: UpdatePolicy, { record }: Situation): number {
  const { rollout } = record;
  if (current?.startedMs == null || rollout === null || current.startedMs < rollout.startedMs) return 0;
  return current.startedMs + monitorMs;
}

function goOn({ slot, current, old }: Slot, record: ServiceRecord, startFirst: boolean): Move[] {
  if (current === undefined || !isWaiting(current, record)) return [];
  const alive = old.filter(isAlive);
  if (!startFirst && alive.length > 0) return alive.map(({ id }) => ({ do: 'stop', id, slot }));
  return alive.length > 0 ? [{ do: 'start', id: current.id, slot }] : [];
}

/** Something runs, or is about to by itself. */
export function isAlive({ state }: Replica): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused';
}
