import type { StackScope } from '../../../plan/resources.js';
import { daemonWords } from '../engine-api/daemon-error.js';
import { asideName, berthLabels, composeLabels } from './labels.js';
import type { ServiceRecord } from './record.js';
import type { Replica } from './replica.js';
import type { ContainerFacts, ListedContainer } from './snapshot-wire.js';

/** Containers of a stack, or of the stacks of a namespace, at one look. */
export interface Snapshot {
  /** Those that berth has made or taken over, and those for commands of their own. */
  readonly containers: readonly ContainerFacts[];
  /** Those of the stack's name that another tool has made. */
  readonly foreign: readonly ListedContainer[];
}

/** Where a container stands, by its labels, or by the record of the service that has taken it over. */
export interface Place extends StackScope {
  readonly service: string;
  readonly slot: number;
  readonly hash: string;
  readonly generation: number;
}

/** Null for a container that is nobody's replica: another tool's, or one for a command of its own. */
export function placeOf({ id, labels }: ContainerFacts, records: readonly ServiceRecord[]): Place | null {
  if (isOneOff(labels)) return null;
  const { [berthLabels.namespace]: namespace, [berthLabels.stack]: stack, [berthLabels.service]: service } = labels;
  if (namespace !== undefined && stack !== undefined && service !== undefined) {
    const [slot, generation] = [Number(labels[berthLabels.slot]), Number(labels[berthLabels.generation] ?? 0)];
    if (!Number.isSafeInteger(slot) || slot < 1) return null;
    return { namespace, stack, service, slot, generation, hash: labels[berthLabels.hash] ?? '' };
  }
  for (const { service: own, adopted } of records) {
    const slot = adopted?.slots[id];
    if (adopted === null || slot === undefined) continue;
    const { namespace: scope, stack: of, name } = own;
    return { namespace: scope, stack: of, service: name, slot, generation: adopted.generation, hash: adopted.hash };
  }
  return null;
}

/** True for a container for a command of its own. */
function isOneOff(labels: Readonly<Record<string, string>>): boolean {
  return labels[berthLabels.oneOff] === 'true' || labels[composeLabels.oneOff]?.toLowerCase() === 'true';
}

export function toReplica(facts: ContainerFacts, { slot, hash, generation }: Place): Replica {
  const { id, state, health, createdMs, startedMs, finishedMs, restarts } = facts;
  return {
    ...{ id, slot, hash, generation, state, health, createdMs, startedMs, finishedMs, restarts },
    exitCode: exitCodeOf(facts),
    aside: facts.name.startsWith(asideName(id, '')),
    error: facts.error === '' ? null : daemonWords(facts.error),
  };
}

/** Containers of each service of the records, by its name. The records are of one stack. */
export function replicasByService(
  containers: readonly ContainerFacts[],
  records: readonly ServiceRecord[],
): Map<string, Replica[]> {
  const found = new Map<string, Replica[]>(records.map(({ service }) => [service.name, []]));
  for (const facts of containers) {
    const place = placeOf(facts, records);
    if (place !== null) found.get(place.service)?.push(toReplica(facts, place));
  }
  return found;
}

/** Something runs, if only frozen. */
export function isRunning({ state }: Pick<Replica, 'state'>): boolean {
  return state === 'running' || state === 'paused';
}

/** Null while it runs, and for one that never ran. */
function exitCodeOf({ state, exitCode }: ContainerFacts): number | null {
  return isRunning({ state }) || state === 'created' ? null : exitCode;
}

/** Those of the listed that carry the name of the stack and are nobody's here; commands of their own are left out. */
export function foreignOf(
  listed: readonly ListedContainer[],
  isOurs: (one: ListedContainer) => boolean,
): ListedContainer[] {
  return listed.filter(
    (one) => !isOurs(one) && one.labels[berthLabels.namespace] === undefined && !isOneOff(one.labels),
  );
}
