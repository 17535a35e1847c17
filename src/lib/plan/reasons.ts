import type { Port, Service } from '../compose/project.js';
import { replicaDefinition, stableJson } from './hash.js';
import { member } from './member.js';

/** Where values are shown: `true`, or the members that have such places. `*` is any name, `[]` any item of a list. */
interface Shown {
  readonly [key: string]: true | Shown;
}

function all(...keys: readonly string[]): Shown {
  return Object.fromEntries(keys.map((key) => [key, true]));
}

const rollout = all('parallelism', 'delay', 'monitor', 'failure_action', 'max_failure_ratio', 'order');
const reference = { '[]': all('source', 'target', 'uid', 'gid', 'mode') };
const fileObject = { '*': all('name', 'external', 'file', 'environment', 'driver', 'template_driver') };
const list = all('[]');

/**
 * The one list of what a definition says that is no secret. All else may carry one: environment, labels, commands and
 * options do, extensions and what berth does not know may.
 */
const shownInProject: Shown = {
  name: true,
  services: {
    '*': {
      ...all('image', 'platform', 'pull_policy', 'scale', 'restart', 'hostname', 'container_name', 'user'),
      ...all('working_dir', 'network_mode', 'stop_signal', 'stop_grace_period', 'tty', 'stdin_open', 'init'),
      ...all('privileged', 'read_only', 'cpus', 'cpu_shares', 'mem_limit', 'mem_reservation', 'pids_limit', 'shm_size'),
      ...{ expose: list, profiles: list, cap_add: list, cap_drop: list },
      ports: { '[]': all('mode', 'host_ip', 'target', 'published', 'protocol', 'name', 'app_protocol') },
      volumes: {
        '[]': {
          ...all('type', 'source', 'target', 'read_only', 'consistency'),
          bind: all('propagation', 'create_host_path', 'selinux'),
          volume: all('nocopy', 'subpath'),
          tmpfs: all('size', 'mode'),
        },
      },
      networks: { '*': { aliases: list, ...all('ipv4_address', 'ipv6_address', 'priority') } },
      depends_on: { '*': all('condition', 'required', 'restart') },
      healthcheck: all('interval', 'timeout', 'start_period', 'start_interval', 'retries', 'disable'),
      logging: all('driver'),
      ...{ secrets: reference, configs: reference },
      deploy: {
        ...all('mode', 'replicas', 'endpoint_mode'),
        ...{ update_config: rollout, rollback_config: rollout },
        restart_policy: all('condition', 'delay', 'max_attempts', 'window'),
        placement: { constraints: list, preferences: { '[]': all('spread') }, max_replicas_per_node: true },
        resources: { limits: all('cpus', 'memory', 'pids'), reservations: all('cpus', 'memory') },
      },
    },
  },
  networks: {
    '*': {
      ...all('name', 'driver', 'external', 'internal', 'attachable', 'enable_ipv4', 'enable_ipv6'),
      ipam: { driver: true, config: { '[]': all('subnet', 'ip_range', 'gateway') } },
    },
  },
  volumes: { '*': all('name', 'driver', 'external') },
  ...{ secrets: fileObject, configs: fileObject },
};

/** Whether a value of a project may be shown, whole, to whoever reads along. `path` as in `services.web.image`. */
export function mayBeShown(path: readonly string[], value: unknown): boolean {
  let place: true | Shown | undefined = shownInProject;
  for (const key of path) place = within(place, key);
  return isShownAt(place, value);
}

function isShownAt(place: true | Shown | undefined, value: unknown): boolean {
  if (typeof value !== 'object') return place === true;
  // Nothing is in it, and it stands where something that is no secret could.
  if (value === null) return place !== undefined;
  if (Array.isArray(value)) return value.every((item) => isShownAt(itemOf(place), item));
  return Object.entries(value).every(([key, item]) => isShownAt(within(place, key), item));
}

function within(place: true | Shown | undefined, key: string): true | Shown | undefined {
  if (place === undefined || place === true || key === '[]') return undefined;
  return member(place, key) ?? member(place, '*');
}

function itemOf(place: true | Shown | undefined): true | Shown | undefined {
  return place === undefined || place === true ? undefined : member(place, '[]');
}

/**
 * Why the replicas made from `before` are not what `after` says, a line a field: `image: redis:7 -> redis:8`,
 * `environment: API_KEY changed`. Values appear only where they cannot be secret.
 */
export function changes(before: Service, after: Service): string[] {
  const old = replicaDefinition(before);
  const wanted = replicaDefinition(after);
  const fields = [...new Set([...Object.keys(old), ...Object.keys(wanted)])].sort();
  return fields.flatMap((field) => {
    if (isSame(old[field], wanted[field])) return [];
    const ports = field === 'ports' ? portChanges(before.ports, after.ports) : [];
    return ports.length > 0 ? ports : compare([field], old[field], wanted[field]);
  });
}

function compare(path: readonly string[], before: unknown, after: unknown): string[] {
  if (isSame(before, after)) return [];
  const inside = memberChanges(path, members(before), members(after));
  return inside.length > 0 ? inside : [`${path.join('.')}${valueChange(path, before, after)}`];
}

type Members = Readonly<Record<string, unknown>> | undefined;

function memberChanges(path: readonly string[], before: Members, after: Members): string[] {
  if (before === undefined || after === undefined) return [];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) =>
    namesOnly.has(path.at(-1) ?? '')
      ? keyChange(path, key, before[key], after[key])
      : compare([...path, key], before[key], after[key]),
  );
}

function valueChange(path: readonly string[], before: unknown, after: unknown): string {
  const isShown = [before, after].every((value) => mayBeShown(['services', '*', ...path], value ?? null));
  if (!isShown || !isScalar(before) || !isScalar(after) || show(before) === show(after)) {
    return ` ${verb(before, after)}`;
  }
  const key = path.at(-1) ?? '';
  const told = sizes.has(key) ? showSize : show;
  return `: ${told(before)} -> ${told(after)}`;
}

/** Attributes that are a number of bytes. */
const sizes: ReadonlySet<string> = new Set(['memory', 'mem_limit', 'mem_reservation', 'memswap_limit', 'shm_size']);

/** In the largest unit of Compose files that it is a whole number of. */
function showSize(value: Parameters<typeof show>[0]): string {
  let bytes = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof bytes !== 'number' || bytes <= 0) return show(value);
  let unit = 0;
  for (; bytes % 1024 === 0 && unit < units.length - 1; unit++) bytes /= 1024;
  return `${bytes}${units[unit] ?? ''}`;
}

const units = ['B', 'K', 'M', 'G', 'T'] as const;

/** Maps of which keys are told, as of a variable. */
const namesOnly: ReadonlySet<string> = new Set(['environment', 'labels']);

/** Null and absent are two things: `networks: {front: null}` is on a network. */
function isSame(one: unknown, other: unknown): boolean {
  return (one === undefined) === (other === undefined) && stableJson(one) === stableJson(other);
}

function keyChange(path: readonly string[], key: string, before: unknown, after: unknown): string[] {
  return before === after ? [] : [`${path.join('.')}: ${key} ${verb(before, after)}`];
}

function verb(before: unknown, after: unknown): string {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

/** The members of an object; those of nothing are none, so that a whole map that comes or goes is told by its keys. */
function members(value: unknown): Members {
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

/** None where they differ in what is not written. */
function portChanges(before: readonly Port[] | undefined, after: readonly Port[] | undefined): string[] {
  const [old, wanted] = [showPorts(before), showPorts(after)];
  return old === wanted ? [] : [`ports: ${old} -> ${wanted}`];
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
