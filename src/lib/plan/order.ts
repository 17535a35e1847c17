import type { Service } from '../compose/project.js';
import { InputError } from '../port/errors.js';
import type { GateCondition } from './steps.js';

/** One service that another needs first. */
export interface Requirement {
  readonly service: string;
  readonly condition: GateCondition;
  readonly required: boolean;
}

/** What a service needs first: `depends_on`, and the service whose namespaces it shares. By name. */
export function requirements(definition: Service): Requirement[] {
  const found = new Map<string, Requirement>();
  for (const shared of [definition.network_mode, definition['pid'], definition['ipc']]) {
    if (typeof shared === 'string' && shared.startsWith('service:')) {
      const service = shared.slice('service:'.length);
      found.set(service, { service, condition: 'started', required: true });
    }
  }
  for (const [service, dependency] of Object.entries(definition.depends_on ?? {})) {
    found.set(service, { service, condition: conditions[dependency.condition], required: dependency.required });
  }
  return [...found.values()].sort((one, other) => (one.service < other.service ? -1 : 1));
}

const conditions = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
} as const;

/**
 * Services in levels: each needs only services of levels before its own. Names sorted within a level; dependencies that
 * are not among the services do not count.
 *
 * @throws InputError on a cycle, naming it.
 */
export function levels(services: Readonly<Record<string, Service>>): string[][] {
  return arrange(services, (waiting) => {
    throw cycleError(waiting);
  });
}

/**
 * Services in the order they are taken down: what needs others before what it needs. It has an order for everything:
 * what runs may have been made from definitions of different times, so that their needs go round in a circle, and what
 * is in or above such a circle goes in one level.
 */
export function teardownLevels(services: Readonly<Record<string, Service>>): string[][] {
  return arrange(services, (waiting) => [...waiting.keys()]).reverse();
}

function arrange(
  services: Readonly<Record<string, Service>>,
  onCycle: (waiting: ReadonlyMap<string, readonly string[]>) => string[],
): string[][] {
  const waiting = new Map<string, string[]>();
  for (const [name, definition] of Object.entries(services)) {
    const needs = requirements(definition).map((requirement) => requirement.service);
    waiting.set(
      name,
      needs.filter((need) => Object.hasOwn(services, need)),
    );
  }
  const ordered: string[][] = [];
  const placed = new Set<string>();
  while (waiting.size > 0) {
    const free = [...waiting.keys()].filter((name) => waiting.get(name)?.every((need) => placed.has(need)));
    const level = free.length > 0 ? free : onCycle(waiting);
    for (const name of level) {
      waiting.delete(name);
      placed.add(name);
    }
    ordered.push(level.sort());
  }
  return ordered;
}

/** The services named and all that they need, directly or not, as far as they are there. */
export function withDependencies(services: Readonly<Record<string, Service>>, names: readonly string[]): Set<string> {
  const wanted = new Set<string>();
  const visit = (name: string): void => {
    const definition = Object.hasOwn(services, name) ? services[name] : undefined;
    if (definition === undefined || wanted.has(name)) return;
    wanted.add(name);
    for (const requirement of requirements(definition)) visit(requirement.service);
  };
  names.forEach(visit);
  return wanted;
}

/** Every service that is left needs one that is left, so that following the first need comes round. */
function cycleError(waiting: ReadonlyMap<string, readonly string[]>): InputError {
  const path: string[] = [];
  let name = [...waiting.keys()].sort()[0];
  while (name !== undefined && !path.includes(name)) {
    path.push(name);
    name = waiting.get(name)?.find((need) => waiting.has(need));
  }
  const cycle = name === undefined ? path : [...path.slice(path.indexOf(name)), name];
  return new InputError(`dependency cycle: ${cycle.join(' -> ')}`, {
    hint: 'Take one of these out of `depends_on`.',
  });
}
