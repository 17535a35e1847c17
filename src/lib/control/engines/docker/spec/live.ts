import type { Mount, Service } from '../../../../compose/project.js';
import type { Unheeded } from '../../engine.js';
import { composeLabels } from '../labels.js';
import { attributesOfConfig, attributesOfHost } from './attributes.js';
import { dependsOnOf, isToolLabel } from './container-labels.js';
import { networksOf } from './endpoints.js';
import { tmpfsOf } from './files.js';
import { gracePeriodOf, healthcheckOf } from './health.js';
import type { InspectedContainer } from './inspect.js';
import { mountOf, mountOfBind } from './mounts.js';
import { portsOf } from './ports.js';
import { given, isEmpty, numberIn, said, textIn, textMapIn, textsIn, treeIn, treesIn, type Tree } from './reading.js';
import { serviceInMode } from './references.js';
import { resourcesOf } from './resources.js';
import { restartOf } from './restart.js';

/** What the daemon's names are in the project, and what the daemon fills in by itself. */
export interface LiveNames {
  /** Of the service. */
  readonly service: string;
  /** The name that a container of it has where none is given, up to the number: `shop-web-`. */
  readonly stems: readonly string[];
  networkKey(name: string): string;
  volumeKey(name: string): string;
  /** The service that a container belongs to, by name or id; undefined for one outside of the stack. */
  serviceOf(container: string): string | undefined;
  readonly defaults: DaemonDefaults;
}

/** What this daemon fills in where nothing is said (GET /info, Engine API 1.41). */
export interface DaemonDefaults {
  readonly logDriver: string;
  readonly runtime: string;
  readonly cgroup: 'host' | 'private';
  /** Of the machine: containers in its network have it. */
  readonly hostname: string;
}

export function daemonDefaults(info: Tree): DaemonDefaults {
  return {
    logDriver: textIn(info, 'LoggingDriver') ?? 'json-file',
    runtime: textIn(info, 'DefaultRuntime') ?? 'runc',
    cgroup: textIn(info, 'CgroupVersion') === '2' ? 'private' : 'host',
    hostname: textIn(info, 'Name') ?? '',
  };
}

/**
 * The definition that makes a container like this one, in canonical form: what it says beyond its image (`Config` of GET
 * /images/{name}/json) and beyond what the daemon fills in. Limits are said under `deploy.resources`, restarts as
 * `restart`. What cannot be read of a container (secrets, configs, `depends_on` without its label) is not in it.
 */
export function liveService(container: InspectedContainer, image: Tree, names: LiveNames): Service {
  const { Config: config, HostConfig: host } = container;
  const logging = loggingOf(host, names.defaults);
  const health = healthcheckOf(treeIn(config, 'Healthcheck'), treeIn(image, 'Healthcheck'));
  const [network, links, shared] = [
    networkAttributesOf(container, names),
    linksOf(container, names),
    hostAttributesOf(host, names),
  ];
  const modes = [network.network_mode, textIn(shared, 'pid'), textIn(shared, 'ipc')].flatMap(
    (mode) => serviceInMode(mode) ?? [],
  );
  const linked = links.links.map((link) => link.split(':')[0] ?? '');
  const attributes = said({
    image: textIn(config, 'Image'),
    container_name: ownName(container, names),
    environment: environmentOf(config, image),
    labels: labelsOf(config, image),
    ...portsOf(config, host, image),
    ...withoutAssignedName(attributesOfConfig(config, image), container, names),
    stop_grace_period: gracePeriodOf(numberIn(config, 'StopTimeout')),
    mac_address: textIn(config, 'MacAddress'),
    ...shared,
    ...resourcesOf(host),
    ...network,
    ...links,
    volumes: volumesOf(container, image, names),
    tmpfs: tmpfsOf(host),
    restart: restartOf(treeIn(host, 'RestartPolicy')),
    ...(health !== undefined && { healthcheck: health }),
    ...(logging !== undefined && { logging }),
    depends_on: dependenciesOf(config, [...linked, ...modes]),
  });
  // An entrypoint that is empty says something: the image's is not wanted.
  return { ...attributes, ...commandOf(config, image) };
}

/** Undefined for a name that follows from the service; one that stands beside another has 12 digits before it. */
function ownName({ Name: path }: InspectedContainer, { stems }: LiveNames): string | undefined {
  const name = path.replace(/^\//, '');
  const plain = name.replace(/^[0-9a-f]{12}_/, '');
  const isDefault = stems.some((stem) => plain.startsWith(stem) && /^\d+$/.test(plain.slice(stem.length)));
  return isDefault || name === '' ? undefined : name;
}

/** The image's command counts only together with the image's entrypoint. */
function commandOf(config: Tree, image: Tree): Pick<Service, 'command' | 'entrypoint'> {
  const [entrypoint, imageEntrypoint] = [textsIn(config, 'Entrypoint'), textsIn(image, 'Entrypoint') ?? []];
  const [command, imageCommand] = [textsIn(config, 'Cmd') ?? [], textsIn(image, 'Cmd') ?? []];
  const sameEntrypoint = sameTexts(entrypoint ?? [], imageEntrypoint);
  if (sameEntrypoint && sameTexts(command, imageCommand)) return {};
  if (sameEntrypoint && command.length > 0) return { command };
  return { entrypoint: entrypoint ?? [], ...(command.length > 0 && { command }) };
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

/** docker-compose 1 tells Swarm of 2014 so where the container before was. */
const composeAffinity = 'affinity:container=';

function environmentOf(config: Tree, image: Tree): Tree {
  const brought = new Set(textsIn(image, 'Env') ?? []);
  const own = (textsIn(config, 'Env') ?? []).filter(
    (line) => !brought.has(line) && line.includes('=') && !line.startsWith(composeAffinity),
  );
  return Object.fromEntries(own.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function labelsOf(config: Tree, image: Tree): Tree {
  const brought = textMapIn(image, 'Labels') ?? {};
  const all = Object.entries(textMapIn(config, 'Labels') ?? {});
  return Object.fromEntries(all.filter(([name, value]) => !isToolLabel(name) && brought[name] !== value));
}

/** Without names that the daemon gave: of the machine or of the container whose network is shared, or the id. */
function withoutAssignedName(
  attributes: Tree,
  { Id: id, HostConfig: host }: InspectedContainer,
  names: LiveNames,
): Tree {
  const { hostname, domainname, ...rest } = attributes;
  const mode = textIn(host, 'NetworkMode') ?? '';
  if (mode.startsWith('container:')) return rest;
  const isAssigned = hostname === id.slice(0, 12) || (mode === 'host' && hostname === names.defaults.hostname);
  return given({ ...rest, hostname: isAssigned ? undefined : hostname, domainname });
}

function hostAttributesOf(host: Tree, names: LiveNames): Tree {
  const { runtime, cgroup } = names.defaults;
  const { security_opt: options, memswap_limit: swap, ...attributes } = attributesOfHost(host, { Runtime: runtime });
  const memory = numberIn(host, 'Memory') ?? 0;
  // The daemon says this of itself for a container that shares with the machine.
  const isUnconfined = attributes['privileged'] === true || [host['PidMode'], host['IpcMode']].includes('host');
  const ownOptions = (textsIn({ options }, 'options') ?? []).filter(
    (option) => !(isUnconfined && option === 'label=disable'),
  );
  const hosts = (textsIn(host, 'ExtraHosts') ?? []).map((text) => text.replace(':', '=')).sort();
  const cgroupMode = textIn(host, 'CgroupnsMode');
  const annotations = textMapIn(host, 'Annotations');
  return said({
    ...attributes,
    security_opt: ownOptions,
    // The daemon allows as much swap as memory where nothing is said.
    memswap_limit: memory > 0 && numberIn({ swap }, 'swap') === 2 * memory ? undefined : swap,
    extra_hosts: hosts,
    cgroup: cgroupMode === cgroup ? undefined : cgroupMode,
    pid: modeOf(textIn(host, 'PidMode'), names),
    ipc: modeOf(textIn(host, 'IpcMode'), names),
    annotations,
  });
}

/** `container:ID` of a container of the stack is `service:NAME`. `private` is what is without being asked for. */
function modeOf(mode: string | undefined, names: LiveNames): string | undefined {
  if (mode === undefined || mode === 'private') return undefined;
  const service = mode.startsWith('container:') ? names.serviceOf(mode.slice('container:'.length)) : undefined;
  return service === undefined ? mode : `service:${service}`;
}

function networkAttributesOf(
  container: InspectedContainer,
  names: LiveNames,
): Pick<Service, 'networks' | 'network_mode'> {
  const { Id: id, Name: name, Config: config, HostConfig: host, NetworkSettings: settings } = container;
  const mode = textIn(host, 'NetworkMode') ?? 'default';
  if (mode === 'default' || mode === 'bridge') return { network_mode: 'bridge' };
  if (mode === 'none' || mode === 'host') return { network_mode: mode };
  if (mode.startsWith('container:')) return { network_mode: modeOf(mode, names) ?? mode };
  const own = name.replace(/^\//, '');
  const stems = names.stems.map((stem) => `${stem}${slotText(own)}`);
  // Older daemons add the host name, which is the id where none was given.
  const known = new Set([names.service, own, ...stems, id.slice(0, 12), textIn(config, 'Hostname') ?? '']);
  return { networks: networksOf(treeIn(settings, 'Networks'), known, (network) => names.networkKey(network)) };
}

function slotText(name: string): string {
  return /\d+$/.exec(name)?.[0] ?? '';
}

function linksOf(
  { HostConfig: host, NetworkSettings: settings }: InspectedContainer,
  names: LiveNames,
): { readonly links: readonly string[]; readonly external_links: readonly string[] } {
  const attached = treeIn(settings, 'Networks');
  const texts = [host, ...Object.keys(attached).map((name) => treeIn(attached, name))].flatMap(
    (tree) => textsIn(tree, 'Links') ?? [],
  );
  const links = new Set<string>();
  const external = new Set<string>();
  for (const text of texts) {
    // Docker's own bridge tells of links as paths: `/shop-db-1:/shop-web-1/db`.
    const [from = '', to = ''] = text.split(':');
    const container = from.replace(/^\//, '');
    const alias = to.slice(to.lastIndexOf('/') + 1);
    const service = names.serviceOf(container);
    if (service === undefined) external.add(`${container}:${alias}`);
    // docker-compose 1 adds the name of the container, with and without the project's.
    else if (alias === container || new RegExp(`^${escaped(service)}[_-]\\d+$`).test(alias)) continue;
    else links.add(service === alias ? service : `${service}:${alias}`);
  }
  return { links: [...links].sort(), external_links: [...external].sort() };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Dependencies by the label of docker compose, and those that the loader sees in links and in what is shared. */
function dependenciesOf(config: Tree, implied: readonly string[]): Service['depends_on'] {
  const labelled = dependsOnOf((textMapIn(config, 'Labels') ?? {})[composeLabels.dependsOn]);
  const condition = { condition: 'service_started', restart: true, required: true } as const;
  const all = { ...Object.fromEntries(implied.map((name) => [name, condition])), ...labelled };
  return Object.keys(all).length === 0 ? undefined : all;
}

function loggingOf(host: Tree, { logDriver }: DaemonDefaults): Service['logging'] {
  const config = treeIn(host, 'LogConfig');
  const driver = textIn(config, 'Type');
  const options = textMapIn(config, 'Config') ?? {};
  if (Object.keys(options).length > 0) return said({ driver, options });
  return driver === undefined || driver === logDriver ? undefined : { driver };
}

/** Mounts that were asked for, volumes without a name included; those that the image asks for are left out. */
function volumesOf(
  { Config: config, HostConfig: host }: InspectedContainer,
  image: Tree,
  names: LiveNames,
): readonly Mount[] {
  const key = (name: string): string => names.volumeKey(name);
  const brought = treeIn(image, 'Volumes');
  const mounts = [
    ...(textsIn(host, 'Binds') ?? []).map((text) => mountOfBind(text, key)),
    ...treesIn(host, 'Mounts').flatMap((member) => mountOf(member, key) ?? []),
  ].filter(({ type, source, target }) => type !== 'volume' || source !== undefined || !Object.hasOwn(brought, target));
  const mounted = new Set(mounts.map(({ target }) => target));
  const unnamed = Object.keys(treeIn(config, 'Volumes'))
    .filter((target) => !Object.hasOwn(brought, target) && !mounted.has(target))
    .map((target): Mount => ({ type: 'volume', target, volume: {} }));
  return [...mounts, ...unnamed].sort((one, other) => (one.target < other.target ? -1 : 1));
}

const unsayable: readonly (readonly [member: string, why: string, isDefault: (value: unknown) => boolean])[] = [
  ['AutoRemove', 'the container removes itself when it ends', isEmpty],
  ['PublishAllPorts', 'every exposed port is published', isEmpty],
  ['VolumeDriver', 'a volume driver of the container', isEmpty],
  ['CpusetMems', 'memory nodes', isEmpty],
  ['KernelMemory', 'a limit of kernel memory', isEmpty],
  ['Cgroup', 'a cgroup shared with another container', isEmpty],
  ['VolumesFrom', 'volumes of other containers: named ones are under `volumes`', isEmpty],
];

/** What of a container no definition says, by path. */
export function unsaidOf({ HostConfig: host }: InspectedContainer, service: string): readonly Unheeded[] {
  return unsayable
    .filter(([member, , isDefault]) => !isDefault(host[member]))
    .map(([member, why]) => ({ path: `services.${service} (HostConfig.${member})`, why }));
}
