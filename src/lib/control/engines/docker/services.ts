import type { Service } from '../../../compose/project.js';
import type { ServiceResource, StackScope } from '../../../plan/resources.js';
import type { CallContext } from '../../../port/verb.js';
import type { EngineApi } from '../engine-api/api.js';
import type { Fence, ObservedService, Task, TaskFilter } from '../engine.js';
import { appliedRecord } from './apply-service.js';
import { remove } from './moves.js';
import type { Placement } from './placement.js';
import { type ReplicaSource, refuseOld } from './reconciler.js';
import { isRolling, type ServiceRecord } from './record.js';
import type { Replica } from './replica.js';
import type { RecordEntry, ServiceRecords } from './service-records.js';
import type { Snapshots } from './snapshot.js';
import type { ContainerFacts } from './snapshot-wire.js';
import { isAskedFor, toTasks } from './view-tasks.js';
import { type Place, placeOf, replicasByService, toReplica } from './view.js';

export interface ServiceParts {
  readonly api: EngineApi;
  readonly records: ServiceRecords;
  readonly snapshots: Snapshots;
  readonly placement: Placement;
}

/** What was listed so long ago is fresh enough for one who looks again and again, in milliseconds. */
const lookMs = 100;

/** Writes down what a service is to be; `reconcile` makes it so. Throws ConflictError. */
export async function applyService(
  parts: ServiceParts,
  service: ServiceResource,
  fence: Fence,
  { signal }: CallContext,
): Promise<void> {
  const { namespace, stack, name } = service;
  const scope: StackScope = { namespace, stack };
  const entries = await parts.records.list(scope, signal);
  const own = entries.filter(({ key }) => key.name === name);
  const replicas = own.length === 0 ? [] : ((await replicasOf(parts, scope, own, signal)).get(name) ?? []);
  const nowMs = parts.api.clockMs();
  await parts.records.update(
    scope,
    name,
    (known) => {
      if (known !== null) refuseOld(known.epoch, fence, scope);
      return appliedRecord(known, service, replicas, { epoch: fence.epoch, nowMs });
    },
    signal,
  );
}

/** Takes every container of a service away, side by side, and then its record. */
export async function removeService(
  parts: ServiceParts,
  scope: StackScope,
  name: string,
  fence: Fence,
  { signal }: CallContext,
): Promise<void> {
  const { record } = await parts.records.read(scope, name, signal);
  if (record === null) return;
  refuseOld(record.epoch, fence, scope);
  // A sleeper that wakes must not bring it up meanwhile.
  await parts.records.update(
    scope,
    name,
    (known) => known && { ...known, epoch: fence.epoch, service: { ...known.service, replicas: 0 } },
    signal,
  );
  const containers = await containersOf(parts, scope, [record], signal);
  const own = containers.filter((facts) => placeOf(facts, [record])?.service === name);
  await Promise.all(own.map(({ id }) => remove(parts.api, id, signal)));
  parts.snapshots.touchAll(scope);
  await parts.records.remove(scope, name, ({ epoch }) => refuseOld(epoch, fence, scope), signal);
}

export async function adoptService(
  parts: ServiceParts,
  service: ServiceResource,
  slots: Readonly<Record<string, number>>,
  fence: Fence,
  { signal }: CallContext,
): Promise<void> {
  const { namespace, stack, name, hash, generation } = service;
  await parts.records.update(
    { namespace, stack },
    name,
    (known) => {
      if (known !== null) refuseOld(known.epoch, fence, { namespace, stack });
      const taken = appliedRecord(known, service, [], { epoch: fence.epoch, nowMs: parts.api.clockMs() });
      return { ...taken, adopted: { hash, generation, slots } };
    },
    signal,
  );
}

export async function observedServices(
  { records }: ServiceParts,
  scope: StackScope,
  signal: AbortSignal,
  fresh: boolean,
): Promise<ObservedService[]> {
  const entries = await records.list(scope, signal, fresh ? 0 : lookMs);
  return entries.map(({ record }) => toObserved(record));
}

function toObserved(record: ServiceRecord): ObservedService {
  const { service, rollout } = record;
  return {
    ...service,
    updating: isRolling(record),
    rollout: rollout === null ? null : { state: rollout.state, message: rollout.message },
  };
}

export async function tasksOf(parts: ServiceParts, filter: TaskFilter, { signal }: CallContext): Promise<Task[]> {
  const { api, placement, records } = parts;
  const { namespace, stack } = filter;
  const scope = { namespace, ...(stack !== undefined && { stack }) };
  const known = (await records.list(scope, signal, lookMs)).map(({ record }) => record);
  if (filter.fresh === true && stack !== undefined) parts.snapshots.touchAll({ namespace, stack });
  const containers = await containersOf(parts, scope, known, signal, filter.brief);
  const ground = {
    records: known,
    node: placement.node.name,
    unmet: (definition: Service) => placement.unmet(definition),
    nowMs: api.clockMs(),
  };
  return toTasks(containers, ground).filter((task) => isAskedFor(task, filter));
}

/** Containers of replicas, with where they stand. */
export async function seenContainers(
  parts: ServiceParts,
  { namespace, stack }: TaskFilter,
  signal: AbortSignal,
): Promise<{ readonly facts: ContainerFacts; readonly place: Place }[]> {
  const scope = { namespace, ...(stack !== undefined && { stack }) };
  const known = (await parts.records.list(scope, signal, lookMs)).map(({ record }) => record);
  const containers = await containersOf(parts, scope, known, signal);
  return containers.flatMap((facts) => {
    const place = placeOf(facts, known);
    return place === null ? [] : [{ facts, place }];
  });
}

/** Containers for who looks again and again: the daemon tells what has changed. */
export function replicaSource(parts: ServiceParts): ReplicaSource {
  return {
    replicas: (scope, entries, signal) => {
      parts.snapshots.inform(scope);
      return replicasOf(parts, scope, entries, signal);
    },
    touch: (scope) => {
      parts.snapshots.touchAll(scope);
    },
  };
}

/** One container as it is now; null when it is gone, or is no replica of the service. */
export async function findReplica(
  { snapshots, records }: ServiceParts,
  { id, service, ...scope }: StackScope & { readonly id: string; readonly service: string },
  signal: AbortSignal,
): Promise<Replica | null> {
  const [facts, { record }] = await Promise.all([snapshots.find(id, signal), records.read(scope, service, signal)]);
  if (facts === null || record === null) return null;
  const place = placeOf(facts, [record]);
  return place === null || place.service !== service ? null : toReplica(facts, place);
}

async function replicasOf(
  parts: ServiceParts,
  scope: StackScope,
  entries: readonly RecordEntry[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Replica[]>> {
  const records = entries.map(({ record }) => record);
  return replicasByService(await containersOf(parts, scope, records, signal), records);
}

async function containersOf(
  { snapshots }: ServiceParts,
  scope: { readonly namespace: string; readonly stack?: string },
  records: readonly ServiceRecord[],
  signal: AbortSignal,
  brief?: boolean,
): Promise<readonly ContainerFacts[]> {
  const adopted = records.flatMap(({ adopted: taken }) => Object.keys(taken?.slots ?? {}));
  return (await snapshots.take(scope, adopted, signal, brief)).containers;
}
