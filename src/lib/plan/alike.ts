import type { Service } from '../compose/project.js';

/**
 * A definition in the one form of those that mean the same to a container: limits of resources where `deploy` has them,
 * and lists whose order says nothing in an order of their own. Only for comparing.
 */
export function inOneForm(definition: Service): Service {
  const { volumes, ports, ...rest } = withLimitsInDeploy(definition);
  return {
    ...rest,
    ...(volumes && { volumes: volumes.toSorted(byText(({ target }) => target)) }),
    ...(ports && { ports: ports.toSorted(byText((port) => JSON.stringify(Object.entries(port).sort()))) }),
  };
}

const limits = [
  ['mem_limit', 'limits', 'memory'],
  ['mem_reservation', 'reservations', 'memory'],
  ['cpus', 'limits', 'cpus'],
  ['pids_limit', 'limits', 'pids'],
] as const;

/** Where both say one, `deploy` is heeded (and the file refused, unless they say the same). */
function withLimitsInDeploy(definition: Service): Service {
  const found = limits.filter(([key]) => definition[key] !== undefined && definition[key] !== null);
  if (found.length === 0) return definition;
  const { mem_limit: _limit, mem_reservation: _reservation, cpus: _cpus, pids_limit: _pids, ...rest } = definition;
  const resources = { ...rest.deploy?.resources };
  for (const [key, group, name] of found) {
    const value = definition[key];
    const said = resources[group];
    const told = name === 'cpus' ? String(value) : value;
    resources[group] = { [name]: told, ...(typeof said === 'object' && said !== null && said) };
  }
  return { ...rest, deploy: { ...rest.deploy, resources } };
}

function byText<T>(textOf: (item: T) => string): (one: T, other: T) => number {
  return (one, other) => {
    const [first, second] = [textOf(one), textOf(other)];
    return first < second ? -1 : first > second ? 1 : 0;
  };
}
