import { atLeast, type ApiVersion } from '../../engine-api/version.js';
import { isEmpty, isTree } from './reading.js';

/**
 * How a key of the canonical model is heeded on a Docker engine: `done` (also where the loader or the planner has done
 * it), or why it is not, in a few words, where it says anything. What stands below a key with an entry is of no concern.
 */
export type Heeded = 'done' | ((value: unknown, version: ApiVersion) => string | undefined);

const not =
  (why: string): Heeded =>
  (value) =>
    isEmpty(value) ? undefined : why;

const since = (minor: number): Heeded => {
  return (value, version) =>
    isEmpty(value) || atLeast(version, [1, minor]) ? undefined : `needs Engine API 1.${minor} or newer`;
};

const unless = (word: string, why: string): Heeded => {
  return (value) => (isEmpty(value) || value === word ? undefined : why);
};

function done(prefix: string, names: string): Readonly<Record<string, Heeded>> {
  return Object.fromEntries(names.split(' ').map((name) => [prefix + name, 'done' as const]));
}

const swarmOnly = not('only a swarm does this');
const ofRollout = 'parallelism delay failure_action monitor max_failure_ratio order';

const deployKeys: Readonly<Record<string, Heeded>> = {
  ...done('', 'mode replicas restart_policy.condition placement.constraints'),
  ...done('update_config.', ofRollout),
  ...done('rollback_config.', ofRollout),
  ...done('resources.limits.', 'cpus memory pids'),
  ...done('resources.reservations.', 'memory devices'),
  'resources.reservations.cpus': not('Docker reserves no CPU; cpu_shares gives weight'),
  'resources.reservations.generic_resources': swarmOnly,
  'restart_policy.max_attempts': 'done',
  'restart_policy.delay': not('Docker waits as it sees fit: 100 ms, doubled each time'),
  'restart_policy.window': not('Docker counts a start as good after 10 s'),
  'placement.preferences': not('there is one node'),
  'placement.max_replicas_per_node': not('there is one node'),
  endpoint_mode: unless('dnsrr', 'names resolve to every replica (dnsrr): only a swarm has virtual addresses'),
  labels: not('a service is nothing on Docker that could carry labels'),
};

const buildElsewhere = not('not built: the image has to be there, or in a registry');
const hooks = not('hooks are not run');

const serviceKeys: Readonly<Record<string, Heeded>> = {
  ...done('', 'blkio_config cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_shares cpu_quota'),
  ...done('', 'cpu_period cpu_rt_period cpu_rt_runtime cpus cpuset device_cgroup_rules devices dns dns_opt dns_search'),
  ...done('', 'domainname entrypoint environment expose external_links extra_hosts gpus group_add hostname image init'),
  ...done('', 'ipc isolation labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit'),
  ...done(
    '',
    'network_mode oom_kill_disable oom_score_adj pid pids_limit platform privileged read_only restart runtime',
  ),
  ...done('', 'scale security_opt shm_size secrets sysctls stdin_open stop_grace_period stop_signal storage_opt tmpfs'),
  ...done('', 'tty ulimits user userns_mode volumes_from working_dir profiles'),
  ...done('', 'env_file label_file extends'),
  // Nothing is attached to containers, whether they ask for it or not.
  attach: 'done',
  annotations: since(43),
  build: buildElsewhere,
  develop: not('only docker compose watches files'),
  provider: not('providers are not run'),
  models: not('models are not run'),
  post_start: hooks,
  pre_stop: hooks,
  pre_start: hooks,
  cpu_count: not('only Windows has it'),
  cpu_percent: not('only Windows has it'),
  credential_spec: not('only Windows has it'),
  use_api_socket: not('the socket of the daemon is not handed to containers'),
  uts: unless('host', 'Docker shares only that of the host'),
  pull_policy: (value) =>
    typeof value === 'string' && !['always', 'missing', 'if_not_present', 'never'].includes(value)
      ? 'taken for `missing`: an image that is there is used'
      : undefined,
  pull_refresh_after: not('images are not refreshed by age'),
  'depends_on.*': 'done',
  ...done('healthcheck.', 'disable interval retries test timeout start_period'),
  'healthcheck.start_interval': since(44),
  ...done('ports.[].', 'host_ip target published protocol mode'),
  'ports.[].name': not('Docker has no names of ports'),
  'ports.[].app_protocol': not('Docker does not look into what is sent'),
  ...done('volumes.[].', 'type source target read_only tmpfs bind.propagation bind.create_host_path bind.selinux'),
  'volumes.[].bind.recursive': (value, version) =>
    value === 'disabled' || value === 'enabled' ? undefined : explain(since(44), value, version),
  'volumes.[].consistency': not('nothing on Linux'),
  ...done('volumes.[].volume.', 'labels nocopy'),
  'volumes.[].volume.subpath': since(45),
  'volumes.[].image.subpath': since(48),
  ...done('networks.*.', 'aliases ipv4_address ipv6_address link_local_ips driver_opts priority'),
  'networks.*.mac_address': 'done',
  'networks.*.interface_name': since(49),
  'networks.*.gw_priority': since(48),
  ...Object.fromEntries(Object.entries(deployKeys).map(([key, heeded]) => [`deploy.${key}`, heeded])),
};

function explain(heeded: Heeded, value: unknown, version: ApiVersion): string | undefined {
  return heeded === 'done' ? undefined : heeded(value, version);
}

function below(prefix: string, keys: Readonly<Record<string, Heeded>>): Readonly<Record<string, Heeded>> {
  return Object.fromEntries(Object.entries(keys).map(([key, heeded]) => [`${prefix}.${key}`, heeded]));
}

const fileKeys: Readonly<Record<string, Heeded>> = {
  ...done('', 'name file environment content external'),
  labels: not('nothing on Docker carries labels of secrets and configs'),
  driver: swarmOnly,
  driver_opts: swarmOnly,
  template_driver: swarmOnly,
};

/** By the pattern of its path: `services.*.deploy.labels`. A key that has no entry at all is not known. */
export const heededKeys: Readonly<Record<string, Heeded>> = {
  ...done('', 'version name include'),
  models: not('models are not run'),
  ...below('services.*', serviceKeys),
  ...below('networks.*', {
    ...done('', 'name driver driver_opts ipam external internal attachable enable_ipv6 labels'),
    enable_ipv4: (value, version) =>
      value === false && !atLeast(version, [1, 48]) ? 'needs Engine API 1.48 or newer' : undefined,
  }),
  ...below('volumes.*', done('', 'name driver driver_opts external labels')),
  ...below('secrets.*', fileKeys),
  ...below('configs.*', fileKeys),
};

/** Why the value is not heeded; undefined where it is. */
export function whyUnheeded(heeded: Heeded, value: unknown, version: ApiVersion): string | undefined {
  return isTree(value) && Object.keys(value).length === 0 ? undefined : explain(heeded, value, version);
}
