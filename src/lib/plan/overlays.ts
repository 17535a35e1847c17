import type { Project, Service } from '../compose/project.js';
import type { ConfigVariable } from '../port/config.js';
import type { LimitChange, ServiceLimits } from '../port/limits.js';
import { definedReplicas, isGlobal } from './desired.js';
import { limitKeys, limitsIn, withLimits } from './limits.js';
import { member } from './member.js';

/** What verbs laid over the definition of a stack, and is kept with each of its releases. */
export interface ReleaseOverlays {
  /**
   * Environment, by service; the key '' is every service of the stack, and a service's own beats it. Null: the variable
   * is not there, also where the definition has it.
   */
  readonly config: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  /** By service. */
  readonly limits: Readonly<Record<string, LimitChange>>;
  /** Labels that a node must have, for every service. */
  readonly placement: Readonly<Record<string, string>>;
}

/** Everything that verbs laid over a definition. */
export interface Overlays extends ReleaseOverlays {
  /** Replicas, by service. Not part of releases: a rollback keeps what was scaled. */
  readonly scale: Readonly<Record<string, number>>;
}

/** Nothing laid over a definition. */
export const noReleaseOverlays: ReleaseOverlays = { config: {}, limits: {}, placement: {} };

/**
 * A definition with what verbs laid over it; the same object where that changes nothing. Overlays of services that the
 * definition lacks do nothing. Laid over the result again, they change nothing.
 */
export function withOverlays(project: Project, overlays: ReleaseOverlays): Project {
  return mapServices(project, (name, definition) => {
    const configured = withEnvironment(definition, configFor(overlays, name));
    const limited = withLimits(configured, member(overlays.limits, name) ?? {});
    return withPlacement(limited, overlays.placement);
  });
}

/** A definition with the replicas that `scale` set in place of its own; the same object where that changes nothing. */
export function withScale(project: Project, scale: Readonly<Record<string, number>>): Project {
  return mapServices(project, (name, definition) => {
    const replicas = member(scale, name);
    return replicas === undefined ? definition : withReplicas(definition, replicas);
  });
}

/** A definition with that number of replicas; the same object where that changes nothing, and for a global service. */
export function withReplicas(definition: Service, replicas: number): Service {
  if (isGlobal(definition) || definedReplicas(definition) === replicas) return definition;
  const { deploy, scale: _scale, ...rest } = definition;
  // One of the two: two that differ are an error of Compose.
  return deploy === undefined ? { ...rest, scale: replicas } : { ...rest, deploy: { ...deploy, replicas } };
}

/**
 * The environment of a service, or (null) what all services of the stack have in common: what was set for all of them,
 * and what the definition says alike for each. By key; a variable without a value is not among them.
 */
export function configOf(project: Project, overlays: ReleaseOverlays, service: string | null): StoredVariable[] {
  const found = service === null ? sharedConfig(project, overlays) : serviceConfig(project, overlays, service);
  return found.sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** A variable as the stored definition and the overlays tell it: an engine knows more of the image. */
export type StoredVariable = ConfigVariable & { readonly origin: 'set' | 'definition' };

/** Limits in force, overlays applied: a row a service that has any, by name. */
export function limitsOf(project: Project, overlays: ReleaseOverlays): ServiceLimits[] {
  return Object.entries(withOverlays(project, overlays).services)
    .map(([name, definition]) => limitsIn(name, definition))
    .filter((limits) => limitKeys.some((key) => limits[key] !== null))
    .sort((one, other) => (one.service < other.service ? -1 : 1));
}

function serviceConfig(project: Project, overlays: ReleaseOverlays, service: string): StoredVariable[] {
  const definition = member(project.services, service);
  if (definition === undefined) return [];
  const overlay = configFor(overlays, service);
  return Object.entries({ ...definition.environment, ...overlay }).flatMap(([key, value]): StoredVariable[] =>
    value === null ? [] : [{ key, value, origin: Object.hasOwn(overlay, key) ? 'set' : 'definition' }],
  );
}

function sharedConfig(project: Project, overlays: ReleaseOverlays): StoredVariable[] {
  const set = Object.entries(member(overlays.config, '') ?? {}).flatMap(([key, value]): StoredVariable[] =>
    value === null ? [] : [{ key, value, origin: 'set' }],
  );
  const [first, ...others] = Object.keys(project.services).map((name) =>
    serviceConfig(project, overlays, name).filter(({ origin }) => origin === 'definition'),
  );
  const alike = (first ?? []).filter(({ key, value }) =>
    others.every((variables) => variables.some((other) => other.key === key && other.value === value)),
  );
  return [...set, ...alike];
}

/** What is laid over the environment of one service: its own beats that of all. */
function configFor(overlays: ReleaseOverlays, service: string): Readonly<Record<string, string | null>> {
  return { ...member(overlays.config, ''), ...member(overlays.config, service) };
}

function mapServices(project: Project, change: (name: string, definition: Service) => Service): Project {
  const services = Object.entries(project.services).map(([name, definition]) => {
    const changed = change(name, definition);
    return { name, changed, same: changed === definition };
  });
  if (services.every(({ same }) => same)) return project;
  return { ...project, services: Object.fromEntries(services.map(({ name, changed }) => [name, changed])) };
}

function withEnvironment(definition: Service, overlay: Readonly<Record<string, string | null>>): Service {
  const before = definition.environment ?? {};
  const different = Object.entries(overlay).some(([key, value]) =>
    value === null ? Object.hasOwn(before, key) : member(before, key) !== value,
  );
  if (!different) return definition;
  const { environment: _before, ...rest } = definition;
  const left = Object.entries({ ...before, ...overlay }).filter(([key]) => member(overlay, key) !== null);
  return left.length === 0 ? rest : { ...rest, environment: Object.fromEntries(left) };
}

function withPlacement(definition: Service, labels: Readonly<Record<string, string>>): Service {
  const { deploy = {} } = definition;
  const before = deploy.placement?.constraints ?? [];
  const added = Object.entries(labels)
    .map(([key, value]) => `node.labels.${key}==${value}`)
    .filter((constraint) => !before.includes(constraint))
    .sort();
  if (added.length === 0) return definition;
  const placement = { ...deploy.placement, constraints: [...before, ...added] };
  return { ...definition, deploy: { ...deploy, placement } };
}
