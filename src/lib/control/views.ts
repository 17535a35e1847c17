import { createHash } from 'node:crypto';
import type { Project, Service as ServiceDefinition } from '../compose/project.js';
import { definedReplicas, desiredReplicas, desiredService, isGlobal, usesAndHash } from '../plan/desired.js';
import { imageOf } from '../plan/image.js';
import { withReplicas } from '../plan/overlays.js';
import type { ServiceResource } from '../plan/resources.js';
import { NotFoundError, RefusedError } from '../port/errors.js';
import type { Container } from '../port/containers.js';
import type { PortBinding, Service, ServiceDetail } from '../port/services.js';
import type { Stack } from '../port/stacks.js';
import type { ObservedService, ObservedStack, Task } from './engines/engine.js';
import type { StackRecord } from './ledger.js';
import { runningCount, type ServiceCondition, serviceState, stackState } from './state.js';

/** A stack as stored, and what the engine has of it, seen at one time. */
export interface StackView {
  readonly record: StackRecord;
  /** The definition with what is laid over it, but for the scale. */
  readonly project: Project;
  readonly observed: ObservedStack;
  /** As a filter that is brief gives them. */
  readonly tasks: readonly Task[];
}

/** A service of a stack: defined, running, or both. */
interface Member {
  readonly name: string;
  /** What it should be; what it is where the file has it no more. */
  readonly definition: ServiceDefinition;
  readonly defined: boolean;
  readonly observed: ObservedService | undefined;
  readonly tasks: readonly Task[];
}

export function toStack(view: StackView): Stack {
  const { record } = view;
  const all = members(view);
  const nothingRuns = view.observed.services.length === 0;
  return {
    id: record.id,
    name: record.name,
    namespace: record.namespace,
    state: stackState(
      all.map((member) => condition(view, member)),
      record.terminating,
    ),
    synchronized: nothingRuns || all.every((member) => isSynchronized(view, member)),
    services: all.map((member) => member.name),
    engine: record.engineKind,
    createdAt: record.createdAt,
    deployedAt: record.deployedAt,
  };
}

/** The services of a stack, by name: those that are gone from the file but still run among them. */
export function toServices(view: StackView): ServiceDetail[] {
  return members(view).map((member) => toService(view, member));
}

/** A service without its definition: what lists give. */
export function summary({
  definition: _definition,
  stored: _stored,
  definedReplicas: _replicas,
  ...service
}: ServiceDetail): Service {
  return service;
}

/**
 * A replica without what only the control plane needs to know.
 *
 * @param alone names of the services that stand alone: what an engine calls their stack is only their shell.
 */
export function toContainer(task: Task, alone: ReadonlySet<string>): Container {
  const { slot: _s, hash: _h, generation: _g, desired: _d, unplaceable: _u, held: _held, ...container } = task;
  return container.stack !== null && alone.has(container.stack) ? { ...container, stack: null } : container;
}

/**
 * What a container for a command of its own is made like.
 *
 * @param service its name; of an app, whose services share an image, any.
 * @throws NotFoundError when there is none; RefusedError when the services have several images.
 */
export function serviceResource({ record, project, observed }: StackView, service?: string): ServiceResource {
  const { namespace, name: stack } = record;
  const all = Object.entries(project.services);
  const images = new Set(all.map(([name, definition]) => imageOf(stack, name, definition)));
  if (service === undefined && images.size > 1) {
    throw new RefusedError(`the services of ${stack} have ${images.size} images`, {
      hint: 'Name the service that the command is to be run for.',
    });
  }
  const [name, definition] = all.find(([one]) => service === undefined || one === service) ?? [];
  if (name === undefined || definition === undefined) throw new NotFoundError(`${stack} has no service yet`);
  const known = observed.services.find((one) => one.name === name);
  return desiredService({ namespace, stack }, project, name, definition, record.overlays.scale, known);
}

function toService(view: StackView, member: Member): ServiceDetail {
  const { record } = view;
  const { definition, observed, tasks } = member;
  const desired = isGlobal(definition)
    ? tasks.filter((task) => task.desired).length
    : desiredReplicas(member.name, definition, record.overlays.scale);
  return {
    id: serviceIdOf(record.id, member.name),
    name: member.name,
    stack: record.standalone ? null : record.name,
    namespace: record.namespace,
    state: condition(view, member).state,
    synchronized: view.observed.services.length === 0 || isSynchronized(view, member),
    image: imageOf(record.name, member.name, observed?.definition ?? definition),
    replicas: { desired: member.defined ? desired : (observed?.replicas ?? 0), running: runningCount(tasks) },
    ports: ports(definition, tasks),
    createdAt: record.createdAt,
    deployedAt: record.deployedAt,
    definition: withReplicas(definition, desired),
    stored: record.definition.services[member.name] ?? null,
    definedReplicas: definedReplicas(definition),
  };
}

function members(view: StackView): Member[] {
  const defined = view.project.services;
  const names = new Set([...Object.keys(defined), ...view.observed.services.map((service) => service.name)]);
  return [...names].sort().flatMap((name): Member[] => {
    const observed = view.observed.services.find((service) => service.name === name);
    const own = Object.hasOwn(defined, name) ? defined[name] : undefined;
    const definition = own ?? observed?.definition;
    if (definition === undefined) return [];
    const tasks = view.tasks.filter((task) => task.service === name);
    return [{ name, definition, defined: own !== undefined, observed, tasks }];
  });
}

function condition({ record }: StackView, { definition, observed, tasks }: Member): ServiceCondition {
  const { terminating, deployedAt } = record;
  return serviceState({ definition, observed, tasks, deployed: deployedAt !== null, terminating });
}

function isSynchronized({ record, project }: StackView, { name, definition, defined, observed }: Member): boolean {
  if (!defined || observed === undefined) return false;
  if (observed.hash !== usesAndHash(project, definition).hash) return false;
  return isGlobal(definition) || observed.replicas === desiredReplicas(name, definition, record.overlays.scale);
}

/** Services have no row of their own: the id follows from the stack's, in the shape of a uuid (version 8). */
export function serviceIdOf(stackId: string, name: string): string {
  return uuidFrom(`${stackId}/${name}`);
}

/** Neither have releases. */
export function releaseIdOf(stackId: string, version: number): string {
  return uuidFrom(`${stackId}/releases/${version}`);
}

function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function ports(definition: ServiceDefinition, tasks: readonly Task[]): PortBinding[] {
  const chosen = tasks.filter((task) => task.desired).flatMap((task) => task.ports);
  const published = (definition.ports ?? []).map((port): PortBinding => {
    const protocol = port.protocol ?? 'tcp';
    const fixed = port.published !== undefined && /^\d+$/.test(port.published) ? Number(port.published) : null;
    const bound = chosen.find((other) => other.target === port.target && other.protocol === protocol);
    return {
      target: port.target,
      published: fixed ?? bound?.published ?? null,
      hostIp: port.host_ip ?? null,
      protocol,
    };
  });
  const exposed = (definition.expose ?? []).flatMap((text): PortBinding[] => {
    const [, number, protocol] = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
    if (number === undefined) return [];
    const known = protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp';
    return [{ target: Number(number), published: null, hostIp: null, protocol: known }];
  });
  return [...published, ...exposed];
}
