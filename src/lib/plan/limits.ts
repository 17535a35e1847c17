import type { Service } from '../compose/project.js';
import { parseSizeBytes } from '../compose/size.js';
import type { LimitChange, ServiceLimits } from '../port/limits.js';

type Tree = Readonly<Record<string, unknown>>;

/**
 * A definition with limits set (bytes, cores) or lifted (null) under `deploy.resources`; the same object where that
 * changes nothing. The same limit in an attribute of its own (`mem_limit`) goes: the two have to agree.
 */
export function withLimits(definition: Service, change: LimitChange): Service {
  const wanted = limitKeys.filter((key) => change[key] !== undefined && change[key] !== limitIn(definition, key));
  return wanted.reduce((result, key) => withLimit(result, key, change[key] ?? null), definition);
}

/** The limits of one service: null where it has none. */
export function limitsIn(service: string, definition: Service): ServiceLimits {
  return {
    service,
    memoryBytes: limitIn(definition, 'memoryBytes'),
    memoryReservationBytes: limitIn(definition, 'memoryReservationBytes'),
    cpus: limitIn(definition, 'cpus'),
    cpuReservation: limitIn(definition, 'cpuReservation'),
    cpuShares: limitIn(definition, 'cpuShares'),
  };
}

/** The limits there are. */
export const limitKeys = ['memoryBytes', 'memoryReservationBytes', 'cpus', 'cpuReservation', 'cpuShares'] as const;

type LimitKey = (typeof limitKeys)[number];

/** Where Compose keeps each: under `deploy.resources`, and in an attribute of the service. */
const places: Readonly<Record<LimitKey, { readonly deploy: readonly [string, string] | null; readonly own: string }>> =
  {
    memoryBytes: { deploy: ['limits', 'memory'], own: 'mem_limit' },
    memoryReservationBytes: { deploy: ['reservations', 'memory'], own: 'mem_reservation' },
    cpus: { deploy: ['limits', 'cpus'], own: 'cpus' },
    cpuReservation: { deploy: ['reservations', 'cpus'], own: '' },
    cpuShares: { deploy: null, own: 'cpu_shares' },
  };

/** Null where there is none; nought and less are none too (reference/compose/SPEC.md A82). */
function limitIn(definition: Service, key: LimitKey): number | null {
  const { deploy, own } = places[key];
  const fromDeploy = deploy === null ? undefined : treeOf(definition.deploy?.resources?.[deploy[0]])[deploy[1]];
  const value = numberOf(fromDeploy ?? definition[own]);
  return value !== null && value > 0 ? value : null;
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value === '') return null;
  if (Number.isFinite(Number(value))) return Number(value);
  try {
    return parseSizeBytes(value);
  } catch {
    // Not a size that berth knows: an engine may.
    return null;
  }
}

function withLimit(definition: Service, key: LimitKey, value: number | null): Service {
  const { deploy: place, own } = places[key];
  const { [own]: _own, ...rest } = definition;
  if (place === null) return value === null ? rest : { ...rest, [own]: value };
  const [section, name] = place;
  const { resources = {}, ...deployment } = definition.deploy ?? {};
  const { [name]: _before, ...others } = treeOf(resources[section]);
  const { [section]: _section, ...sections } = resources;
  const changed = value === null ? others : { ...others, [name]: String(value) };
  const all = Object.keys(changed).length === 0 ? sections : { ...sections, [section]: changed };
  const deploy = Object.keys(all).length === 0 ? deployment : { ...deployment, resources: all };
  const { deploy: _deploy, ...service } = rest;
  return Object.keys(deploy).length === 0 ? service : { ...service, deploy };
}

function treeOf(value: unknown): Tree {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value));
}
