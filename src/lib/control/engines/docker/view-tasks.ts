import { createHash } from 'node:crypto';
import type { Service } from '../../../compose/project.js';
import { imageOf } from '../../../plan/image.js';
import type { StackScope } from '../../../plan/resources.js';
import type { ContainerState } from '../../../port/containers.js';
import { signalNumbers } from '../../../port/signals.js';
import { daemonWords } from '../engine-api/daemon-error.js';
import type { Task, TaskFilter } from '../engine.js';
import { isAlive, wantedReplicas } from './advance.js';
import { berthLabels } from './labels.js';
import type { ServiceRecord } from './record.js';
import { isBlocked, type Replica } from './replica.js';
import { isCurrent } from './slots.js';
import type { ContainerFacts } from './snapshot-wire.js';
import { isRunning, type Place, placeOf, toReplica } from './view.js';

/** What containers are seen against. */
export interface Ground {
  /** Of every service that the containers may belong to. */
  readonly records: readonly ServiceRecord[];
  /** What the daemon calls its machine. */
  readonly node: string;
  /** Why the machine does not take a service; null where it does. */
  readonly unmet: (definition: Service) => string | null;
  /** By the daemon's clock, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** All replicas, by stack, service and slot; those of one slot in the order they were made. */
export function toTasks(containers: readonly ContainerFacts[], ground: Ground): Task[] {
  const groups = new Map<string, Seen[]>();
  for (const { service } of ground.records) groups.set(keyOf(service, service.name), []);
  for (const facts of containers) {
    const place = placeOf(facts, ground.records);
    if (place === null) continue;
    const key = keyOf(place, place.service);
    groups.set(key, [...(groups.get(key) ?? []), { facts, place, replica: toReplica(facts, place) }]);
  }
  const recordOf = new Map(ground.records.map((record) => [keyOf(record.service, record.service.name), record]));
  const tasks = [...groups].flatMap(([key, group]) => tasksOfService(group, recordOf.get(key), ground));
  return tasks.sort(
    (one, other) =>
      compare(one.stack ?? '', other.stack ?? '') ||
      compare(one.service, other.service) ||
      one.slot - other.slot ||
      compare(one.createdAt, other.createdAt),
  );
}

/** True for a replica that the filter asks for. */
export function isAskedFor(task: Task, { namespace, stack, service, all }: TaskFilter): boolean {
  return (
    task.namespace === namespace &&
    (stack === undefined || task.stack === stack) &&
    (service === undefined || task.service === service) &&
    (all === true || task.desired || task.state !== 'Stopped')
  );
}

interface Seen {
  readonly facts: ContainerFacts;
  readonly place: Place;
  readonly replica: Replica;
}

function tasksOfService(group: readonly Seen[], record: ServiceRecord | undefined, ground: Ground): Task[] {
  const { node } = ground;
  if (record === undefined) return group.map((one) => toTask(one, record, { node, desired: false, leaving: true }));
  const { service } = record;
  const counting = countingOf(group, record);
  const refused = service.stopped === true ? null : ground.unmet(service.definition);
  const isKept = ({ replica }: Seen): boolean => refused === null || isCurrent(replica, service);
  const tasks = group.map((one) => {
    const wanted = counting.get(one.place.slot);
    // The old container of a slot goes on running until the new one is well.
    const leaving = wanted === undefined || (wanted !== one && isWell(wanted.replica));
    return toTask(one, record, { node, desired: wanted === one && isKept(one), leaving });
  });
  if (refused === null) return tasks;
  const filled = [...counting].filter(([, one]) => isKept(one)).map(([slot]) => slot);
  const missing = slotsOf(counting, wantedReplicas(service)).filter((slot) => !filled.includes(slot));
  const sinceMs = record.rollout?.startedMs ?? ground.nowMs;
  return [...tasks, ...missing.map((slot) => unplacedTask(service, slot, refused, sinceMs))];
}

/** Numbers of all slots that are to be filled. */
function slotsOf(counting: ReadonlyMap<number, unknown>, total: number): number[] {
  const slots = [...counting.keys()];
  for (let slot = 1; slots.length < total; slot++) if (!counting.has(slot)) slots.push(slot);
  return slots;
}

/**
 * The container that counts, of each slot that is to be filled: of the version wanted the one that runs, then the newest;
 * else the newest old one. Slots are those of the lowest numbers, as the rollout keeps them.
 */
function countingOf(group: readonly Seen[], { service }: ServiceRecord): Map<number, Seen> {
  const slots = new Map<number, Seen[]>();
  for (const one of group) {
    if (one.replica.state !== 'removing') slots.set(one.place.slot, [...(slots.get(one.place.slot) ?? []), one]);
  }
  const kept = [...slots].sort(([one], [other]) => one - other).slice(0, wantedReplicas(service));
  const rank = ({ replica }: Seen): number =>
    isCurrent(replica, service) ? (replica.state === 'running' && isWell(replica) ? 2 : 1) : 0;
  return new Map(
    kept.flatMap(([slot, own]) => {
      const [first] = own.sort(
        (one, other) => rank(other) - rank(one) || other.replica.createdMs - one.replica.createdMs,
      );
      return first === undefined ? [] : [[slot, first] as const];
    }),
  );
}

function isWell({ state, health }: Replica): boolean {
  return state === 'paused' || (state === 'running' && (health === null || health === 'healthy'));
}

interface Standing {
  readonly node: string;
  readonly desired: boolean;
  /** One that is not desired is on its way out. */
  readonly leaving: boolean;
}

function toTask(
  { facts, place, replica }: Seen,
  record: ServiceRecord | undefined,
  { node, desired, leaving }: Standing,
): Task {
  const { namespace, stack, service, slot, hash, generation } = place;
  const release = Number(facts.labels[berthLabels.release] ?? NaN);
  const held = record?.held.includes(facts.id) === true;
  const waits = held || record?.service.stopped === true;
  const blocked = !waits && isBlocked(replica);
  const awaited = record?.again.includes(facts.id) === true || record?.anew.includes(facts.id) === true;
  return {
    id: facts.id,
    name: `${service}-${slot}`,
    ...{ service, stack, namespace, slot, hash, generation, desired, held, node },
    state: !desired && leaving && isAlive(replica) ? 'Stopping' : stateOf(replica, { waits, blocked, awaited }),
    health: facts.health,
    image: facts.labels[berthLabels.image] ?? facts.image,
    command: commandOf(facts, record, place),
    exitCode: replica.exitCode,
    message: messageOf(facts, replica),
    restarts: facts.restarts,
    release: Number.isSafeInteger(release) ? release : null,
    ports: facts.ports,
    createdAt: rfc3339(facts.createdMs),
    startedAt: facts.startedMs === null ? null : rfc3339(facts.startedMs),
    stoppedAt: isRunning(replica) || facts.finishedMs === null ? null : rfc3339(facts.finishedMs),
    unplaceable: blocked,
  };
}

interface Prospect {
  /** Nobody is to start it now. */
  readonly waits: boolean;
  /** Somebody else has what it needs. */
  readonly blocked: boolean;
  /** It has ended, and is about to be started again or made anew. */
  readonly awaited: boolean;
}

function stateOf({ state, error }: Replica, { waits, blocked, awaited }: Prospect): ContainerState {
  if (awaited && (state === 'created' || state === 'exited' || state === 'dead')) return 'Starting';
  switch (state) {
    case 'created':
      if (waits || blocked) return 'Init';
      // Docker leaves one that it could not start as it was.
      return error === null ? 'Starting' : 'Stopped';
    case 'restarting':
      return 'Starting';
    case 'running':
      return 'Running';
    case 'paused':
      return 'Paused';
    case 'removing':
      return 'Terminating';
    default:
      return 'Stopped';
  }
}

/** The image's own command is not said. */
function commandOf({ command }: ContainerFacts, record: ServiceRecord | undefined, place: Place): string | null {
  const made = [record?.service, record?.previous].find((service) => service?.hash === place.hash)?.definition;
  if (made !== undefined && made.command == null && made.entrypoint == null) return null;
  return command.length === 0 ? null : command.join(' ');
}

const longestWords = 300;

/** Why it does not run, or is not well, in short. */
function messageOf(facts: ContainerFacts, { error, exitCode }: Replica): string | null {
  if (error !== null) return error;
  if (facts.outOfMemory) return 'killed: it was out of memory';
  if (facts.health === 'unhealthy') {
    const output = daemonWords(facts.healthOutput).replace(/\s+/g, ' ').slice(0, longestWords);
    return output === '' ? 'health check failed' : `health check: ${output}`;
  }
  if (exitCode === null) return null;
  // 128 and the number of the signal, as shells have it.
  const signal = Object.keys(signalNumbers).find((name) => (signalNumbers[name] ?? 0) + 128 === exitCode);
  return signal === undefined ? null : `killed by ${signal}`;
}

/** A replica that has no container, because no machine takes it. */
function unplacedTask(service: ServiceRecord['service'], slot: number, message: string, sinceMs: number): Task {
  const { namespace, stack, name, definition, hash, generation, release } = service;
  const id = createHash('sha256').update([namespace, stack, name, slot].join('/')).digest('hex').slice(0, 16);
  return {
    ...{ id, namespace, stack, service: name, slot, hash, generation, message },
    name: `${name}-${slot}`,
    state: 'Init',
    desired: true,
    held: false,
    unplaceable: true,
    image: imageOf(stack, name, definition),
    command: definition.command?.join(' ') ?? null,
    health: null,
    exitCode: null,
    restarts: 0,
    node: null,
    release: release ?? null,
    ports: [],
    createdAt: rfc3339(sinceMs),
    startedAt: null,
    stoppedAt: null,
  };
}

function keyOf({ namespace, stack }: StackScope, service: string): string {
  return `${namespace}/${stack}/${service}`;
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
