import type { Service } from '../../../../compose/project.js';
import { flagIn, isEmpty, numberIn, sizeIn, textIn, textMapIn, textsIn, type Tree } from './reading.js';

/**
 * Attributes that are one member of `Config` or `HostConfig` each, under another name: one table for both ways (Engine
 * API 1.41, POST /containers/create and GET /containers/{id}/json).
 */
interface Attribute {
  readonly key: string;
  readonly member: string;
  readonly kind: 'text' | 'number' | 'flag' | 'size' | 'texts' | 'texts by name' | 'number or null' | 'flag or null';
  /** What the daemon fills in where nothing is said, besides nothing. */
  readonly byDefault?: unknown;
}

const configAttributes: readonly Attribute[] = [
  { key: 'hostname', member: 'Hostname', kind: 'text' },
  { key: 'domainname', member: 'Domainname', kind: 'text' },
  { key: 'user', member: 'User', kind: 'text' },
  { key: 'working_dir', member: 'WorkingDir', kind: 'text' },
  { key: 'tty', member: 'Tty', kind: 'flag' },
  { key: 'stdin_open', member: 'OpenStdin', kind: 'flag' },
  { key: 'stop_signal', member: 'StopSignal', kind: 'text' },
];

const hostAttributes: readonly Attribute[] = [
  { key: 'privileged', member: 'Privileged', kind: 'flag' },
  { key: 'read_only', member: 'ReadonlyRootfs', kind: 'flag' },
  { key: 'init', member: 'Init', kind: 'flag or null' },
  { key: 'runtime', member: 'Runtime', kind: 'text', byDefault: 'runc' },
  { key: 'isolation', member: 'Isolation', kind: 'text' },
  { key: 'userns_mode', member: 'UsernsMode', kind: 'text' },
  { key: 'uts', member: 'UTSMode', kind: 'text' },
  { key: 'cap_add', member: 'CapAdd', kind: 'texts' },
  { key: 'cap_drop', member: 'CapDrop', kind: 'texts' },
  { key: 'security_opt', member: 'SecurityOpt', kind: 'texts' },
  { key: 'group_add', member: 'GroupAdd', kind: 'texts' },
  { key: 'dns', member: 'Dns', kind: 'texts' },
  { key: 'dns_search', member: 'DnsSearch', kind: 'texts' },
  { key: 'dns_opt', member: 'DnsOptions', kind: 'texts' },
  { key: 'sysctls', member: 'Sysctls', kind: 'texts by name' },
  { key: 'storage_opt', member: 'StorageOpt', kind: 'texts by name' },
  { key: 'cgroup_parent', member: 'CgroupParent', kind: 'text' },
  { key: 'device_cgroup_rules', member: 'DeviceCgroupRules', kind: 'texts' },
  { key: 'cpu_count', member: 'CpuCount', kind: 'number' },
  { key: 'cpu_percent', member: 'CpuPercent', kind: 'number' },
  { key: 'cpu_shares', member: 'CpuShares', kind: 'number' },
  { key: 'cpu_quota', member: 'CpuQuota', kind: 'number' },
  { key: 'cpu_period', member: 'CpuPeriod', kind: 'number' },
  { key: 'cpu_rt_period', member: 'CpuRealtimePeriod', kind: 'number' },
  { key: 'cpu_rt_runtime', member: 'CpuRealtimeRuntime', kind: 'number' },
  { key: 'cpuset', member: 'CpusetCpus', kind: 'text' },
  { key: 'mem_swappiness', member: 'MemorySwappiness', kind: 'number or null', byDefault: -1 },
  { key: 'memswap_limit', member: 'MemorySwap', kind: 'size' },
  { key: 'oom_kill_disable', member: 'OomKillDisable', kind: 'flag' },
  { key: 'oom_score_adj', member: 'OomScoreAdj', kind: 'number' },
  { key: 'shm_size', member: 'ShmSize', kind: 'size', byDefault: 67_108_864 },
];

/** Members of `Config` that attributes of the service are by themselves. */
export function configMembers(definition: Service): Tree {
  return membersOf(configAttributes, definition);
}

/** Those of `HostConfig`. */
export function hostMembers(definition: Service): Tree {
  return membersOf(hostAttributes, definition);
}

function membersOf(attributes: readonly Attribute[], definition: Service): Tree {
  return Object.fromEntries(
    attributes.flatMap(({ key, member, kind }) => {
      const value = readers[kind](definition, key);
      return value === undefined ? [] : [[member, value]];
    }),
  );
}

const readers: Readonly<Record<Attribute['kind'], (tree: Tree, key: string) => unknown>> = {
  text: textIn,
  number: numberIn,
  flag: flagIn,
  size: sizeIn,
  texts: textsIn,
  'texts by name': textMapIn,
  'number or null': numberIn,
  'flag or null': flagIn,
};

/** The attributes that `Config` says, without those that the image brings. */
export function attributesOfConfig(config: Tree, image: Tree): Tree {
  return attributesOf(configAttributes, config, (member) => image[member]);
}

/**
 * The attributes that `HostConfig` says, without what the daemon fills in.
 *
 * @param defaults members that this daemon fills in by itself, where they are not Docker's own.
 */
export function attributesOfHost(host: Tree, defaults: Tree): Tree {
  return attributesOf(hostAttributes, host, (member) => defaults[member]);
}

function attributesOf(attributes: readonly Attribute[], members: Tree, filledIn: (member: string) => unknown): Tree {
  return Object.fromEntries(
    attributes.flatMap(({ key, member, kind, byDefault }) => {
      const value = readers[kind](members, member);
      const known = kind === 'number or null' || kind === 'flag or null' ? value === undefined : isEmpty(value);
      if (known || value === byDefault || value === filledIn(member)) return [];
      // Canonical sizes are texts, and so is `mem_swappiness`.
      return [[key, kind === 'size' || kind === 'number or null' ? String(value) : value]];
    }),
  );
}
