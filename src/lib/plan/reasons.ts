import type { Port, Service } from '../compose/project.js';
import { replicaDefinition, stableJson } from './hash.js';

/** Attributes whose values are shown. All others may carry a secret (environment, labels, commands): only named. */
const shown: ReadonlySet<string> = new Set([
  'image',
  'restart',
  'hostname',
  'container_name',
  'user',
  'working_dir',
  'network_mode',
  'stop_signal',
  'stop_grace_period',
  'tty',
  'stdin_open',
  'privileged',
  'read_only',
  'healthcheck',
  'deploy',
  'pull_policy',
  'platform',
  'init',
]);

/**
 * Why the replicas made from `before` are not what `after` says, a line a field: `image: redis:7 -> redis:8`,
 * `environment: API_KEY changed`. Values appear only where they cannot be secret.
 */
export function changes(before: Service, after: Service): string[] {
  const old = replicaDefinition(before);
  const wanted = replicaDefinition(after);
  const fields = [...new Set([...Object.keys(old), ...Object.keys(wanted)])].sort();
  return fields.flatMap((field) => {
    if (field === 'ports') return portChanges(before.ports, after.ports);
    return compare(field, field, old[field], wanted[field]);
  });
}

function compare(field: string, path: string, before: unknown, after: unknown): string[] {
  if (stableJson(before) === stableJson(after)) return [];
  const old = members(before);
  const wanted = members(after);
  if (old !== undefined && wanted !== undefined) {
    return [...new Set([...Object.keys(old), ...Object.keys(wanted)])]
      .sort()
      .flatMap((key) =>
        path === 'environment' || path === 'labels' || path.endsWith('.labels')
          ? keyChange(path, key, old[key], wanted[key])
          : compare(field, `${path}.${key}`, old[key], wanted[key]),
      );
  }
  if (shown.has(field) && !path.includes('labels') && isScalar(before) && isScalar(after)) {
    return [`${path}: ${show(before)} -> ${show(after)}`];
  }
  return [`${path} ${verb(before, after)}`];
}

function keyChange(path: string, key: string, before: unknown, after: unknown): string[] {
  return before === after ? [] : [`${path}: ${key} ${verb(before, after)}`];
}

function verb(before: unknown, after: unknown): string {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

/** The members of an object; those of nothing are none, so that a whole map that comes or goes is told by its keys. */
function members(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}

function isScalar(value: unknown): value is string | number | boolean | null | undefined {
  return value === undefined || value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function show(value: string | number | boolean | null | undefined): string {
  return value === undefined || value === null ? 'none' : String(value);
}

function portChanges(before: readonly Port[] | undefined, after: readonly Port[] | undefined): string[] {
  if (stableJson(before ?? []) === stableJson(after ?? [])) return [];
  return [`ports: ${showPorts(before)} -> ${showPorts(after)}`];
}

function showPorts(ports: readonly Port[] | undefined): string {
  if (ports === undefined || ports.length === 0) return 'none';
  return ports
    .map((port) => {
      const host = port.host_ip === undefined ? '' : `${port.host_ip}:`;
      const published = port.published === undefined ? '' : `${port.published}:`;
      const protocol = port.protocol === undefined || port.protocol === 'tcp' ? '' : `/${port.protocol}`;
      return `${host}${published}${port.target}${protocol}`;
    })
    .join(', ');
}
