import type { FileObject, Network, Project, Service, Volume } from '../../../../compose/project.js';
import { member } from '../../../../plan/member.js';
import type { StackScope } from '../../../../plan/resources.js';
import type { LiveStack, Unheeded } from '../../engine.js';
import { berthLabels, composeLabels, projectOf } from '../labels.js';
import { foldersForFiles } from './files.js';
import { imageConfig, inspectedContainer, type InspectedContainer } from './inspect.js';
import { daemonDefaults, liveService, unsaidOf, type LiveNames } from './live.js';
import { networkOf } from './networks.js';
import { isTree, textIn, textMapIn, textsIn, treeIn, type Tree } from './reading.js';
import { volumeOf } from './volumes.js';

/** What was read of a stack on a daemon: answers of the Engine API as they came. */
export interface LiveInput {
  readonly scope: StackScope;
  /** GET /containers/{id}/json of each. */
  readonly containers: readonly unknown[];
  /** GET /images/{id}/json, by the image's id. */
  readonly images: Readonly<Record<string, unknown>>;
  /** GET /networks and GET /volumes (`Volumes`): those of the stack, and others that its containers use. */
  readonly networks: readonly unknown[];
  readonly volumes: readonly unknown[];
  /** GET /info. */
  readonly info: unknown;
  /** Services as they were applied, where berth made them: what no container tells is taken from there. */
  readonly known: Readonly<Record<string, Service>>;
  /** The secrets and configs that those use, as they were applied: without their contents. */
  readonly knownFiles: Pick<Project, 'secrets' | 'configs'>;
}

interface Member {
  readonly container: InspectedContainer;
  readonly service: string;
  readonly slot: number;
  /** One that was replaced and not taken away yet is older. */
  readonly created: string;
}

/** What runs under a name as a Compose file would say it; null where nothing does. One-off containers do not count. */
export function liveProject(input: LiveInput): LiveStack | null {
  const members = membersOf(input);
  if (members.length === 0) return null;
  const resources = namesOf(input, members);
  const services: Record<string, Service> = {};
  const containers: Record<string, { id: string; slot: number }[]> = {};
  const unsaid: Unheeded[] = [];
  for (const name of [...new Set(members.map(({ service }) => service))].sort()) {
    const own = members.filter(({ service }) => service === name);
    const made = own.map(({ container }) => definitionOf(container, name, input, resources.names));
    const [newest] = own.toSorted((one, other) => (one.created < other.created ? 1 : -1));
    const definition = made[newest === undefined ? 0 : own.indexOf(newest)];
    if (newest === undefined || definition === undefined) continue;
    const image = imageConfig(input.images[newest.container.Image]);
    services[name] = withKnown(withScale(definition, own.length), member(input.known, name), image);
    containers[name] = own.map(({ container: { Id: id }, slot }) => ({ id, slot })).sort((a, b) => a.slot - b.slot);
    unsaid.push(...unsaidOf(newest.container, name), ...differences(name, made), ...unseenFiles(name, input));
  }
  return {
    project: {
      name: input.scope.stack,
      services,
      ...section('networks', resources.networks),
      ...section('volumes', resources.volumes),
      ...filesOf(services, input),
    },
    containers,
    unsaid,
  };
}

function section(key: 'networks' | 'volumes', found: ReadonlyMap<string, Network | Volume>): Partial<Project> {
  return found.size === 0 ? {} : { [key]: Object.fromEntries(found) };
}

/** Definitions of the secrets and configs that the services use; one that is not known is somebody else's. */
function filesOf(services: Readonly<Record<string, Service>>, { scope, knownFiles }: LiveInput): Partial<Project> {
  const found = (['secrets', 'configs'] as const).flatMap((kind) => {
    const used = Object.values(services).flatMap((service) => (service[kind] ?? []).map(({ source }) => source));
    const all = [...new Set(used)].sort().map((name): [string, FileObject] => {
      const known = member(knownFiles[kind] ?? {}, name);
      return [name, known ?? { name: `${scope.stack}_${name}`, external: true }];
    });
    return all.length === 0 ? [] : [[kind, Object.fromEntries(all)] as const];
  });
  return Object.fromEntries(found);
}

function membersOf({ scope, containers }: LiveInput): readonly Member[] {
  const project = projectOf(scope);
  return containers.flatMap((json): Member[] => {
    const container = inspectedContainer(json);
    if (container === null) return [];
    const labels = textMapIn(container.Config, 'Labels') ?? {};
    const isOneOff = labels[berthLabels.oneOff] === 'true' || labels[composeLabels.oneOff] === 'True';
    const service = labels[berthLabels.service] ?? labels[composeLabels.service];
    if (isOneOff || service === undefined || labels[composeLabels.project] !== project) return [];
    const slot = Number(labels[berthLabels.slot] ?? labels[composeLabels.number] ?? 1);
    return [{ container, service, slot: Number.isSafeInteger(slot) ? slot : 1, created: container.Created }];
  });
}

function definitionOf(container: InspectedContainer, service: string, input: LiveInput, names: Names): Service {
  const project = projectOf(input.scope);
  return liveService(container, imageConfig(input.images[container.Image]), {
    ...names,
    service,
    stems: [`${project}-${service}-`, `${project}_${service}_`],
    defaults: daemonDefaults(isTree(input.info) ? input.info : {}),
  });
}

type Names = Pick<LiveNames, 'networkKey' | 'volumeKey' | 'serviceOf'>;

interface Resources {
  readonly names: Names;
  readonly networks: ReadonlyMap<string, Network>;
  readonly volumes: ReadonlyMap<string, Volume>;
}

/** The daemon's names of what the stack uses, as the project says them: by the label of docker compose, else external. */
function namesOf(input: LiveInput, members: readonly Member[]): Resources {
  const networks = new Map<string, Network>();
  const volumes = new Map<string, Volume>();
  const networkKeys = keysOf(input.scope, input.networks, composeLabels.network);
  const volumeKeys = keysOf(input.scope, input.volumes, composeLabels.volume);
  const pinned = pinnedNetworks(members);
  const services = new Map(
    members.flatMap(({ container: { Id: id, Name: name }, service }) => [
      [id, service],
      [name.replace(/^\//, ''), service],
    ]),
  );
  const names: Names = {
    networkKey: (name) => {
      const key = networkKeys.get(name) ?? name;
      const found = resourceNamed(input.networks, name);
      const isOwn = networkKeys.has(name) && found !== undefined;
      const own = unscoped(input.scope, name);
      networks.set(key, isOwn ? networkOf(found, own, pinned.has(name)) : { name, external: true });
      return key;
    },
    volumeKey: (name) => {
      const key = volumeKeys.get(name) ?? name;
      const found = resourceNamed(input.volumes, name);
      const isOwn = volumeKeys.has(name) && found !== undefined;
      volumes.set(key, isOwn ? volumeOf(found, unscoped(input.scope, name)) : { name, external: true });
      return key;
    },
    serviceOf: (container) => services.get(container),
  };
  return { names, networks, volumes };
}

function resourceNamed(resources: readonly unknown[], name: string): Tree | undefined {
  return resources.filter(isTree).find((resource) => textIn(resource, 'Name') === name);
}

function keysOf(scope: StackScope, resources: readonly unknown[], label: string): ReadonlyMap<string, string> {
  const project = projectOf(scope);
  return new Map(
    resources.filter(isTree).flatMap((resource): [string, string][] => {
      const labels = textMapIn(resource, 'Labels') ?? {};
      const [name, key] = [textIn(resource, 'Name'), labels[label]];
      const isOwn = labels[composeLabels.project] === project;
      return name === undefined || key === undefined || !isOwn ? [] : [[name, key]];
    }),
  );
}

/** The name as the project says it: without the namespace. */
function unscoped({ namespace }: StackScope, name: string): string {
  return namespace !== 'default' && name.startsWith(`${namespace}_`) ? name.slice(namespace.length + 1) : name;
}

/** Networks on which a container has an address of its own choice, so that the subnet matters. */
function pinnedNetworks(members: readonly Member[]): ReadonlySet<string> {
  const names = members.flatMap(({ container }) => {
    const attached = treeIn(container.NetworkSettings, 'Networks');
    return Object.keys(attached).filter((name) => {
      const addresses = treeIn(treeIn(attached, name), 'IPAMConfig');
      return textIn(addresses, 'IPv4Address') !== undefined || textIn(addresses, 'IPv6Address') !== undefined;
    });
  });
  return new Set(names);
}

/** As the loader fills it in: `deploy` says it too where there is one. */
function withScale(definition: Service, scale: number): Service {
  if (scale === 1) return definition;
  return { ...definition, scale, ...(definition.deploy && { deploy: { replicas: scale, ...definition.deploy } }) };
}

/**
 * With the secrets and configs that berth copied in, less the volumes that hold them, and with what was said although it
 * would be so without.
 */
function withKnown(given: Service, known: Service | undefined, image: Tree): Service {
  const { secrets, configs } = known ?? {};
  if (known === undefined) return given;
  const live = { ...needless(known, image), ...given };
  if (secrets === undefined && configs === undefined) return live;
  const folders = new Set(foldersForFiles(known));
  const { volumes = [], ...rest } = live;
  const kept = volumes.filter(
    ({ type, source, target }) => type !== 'volume' || source !== undefined || !folders.has(target),
  );
  return {
    ...rest,
    ...(kept.length > 0 && { volumes: kept }),
    ...(secrets && { secrets }),
    ...(configs && { configs }),
  };
}

/** Attributes that say what is so anyway: a flag that is false, the command of the image. No container tells of them. */
function needless(known: Service, image: Tree): Partial<Service> {
  const [command, entrypoint] = [textsIn(image, 'Cmd'), textsIn(image, 'Entrypoint')];
  const same = (one: unknown, other: unknown): boolean =>
    other !== undefined && JSON.stringify(one) === JSON.stringify(other);
  return {
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value === false)),
    ...(same(known.command, command) && { command: known.command }),
    ...(same(known.entrypoint, entrypoint) && { entrypoint: known.entrypoint }),
  };
}

/** Secrets and configs lie in a container as files like others: only what berth applied tells of them. */
function unseenFiles(service: string, { known }: LiveInput): readonly Unheeded[] {
  const definition = member(known, service);
  const has = (definition?.secrets ?? []).length + (definition?.configs ?? []).length > 0;
  return has ? [{ path: `services.${service}.secrets`, why: 'as berth applied them: no container tells of them' }] : [];
}

function differences(service: string, made: readonly Service[]): readonly Unheeded[] {
  const texts = new Set(made.map((definition) => JSON.stringify(definition)));
  if (texts.size < 2) return [];
  return [{ path: `services.${service}`, why: 'its containers differ: this is the newest one' }];
}
