import type { Service } from '../../../../compose/project.js';
import { imageOf } from '../../../../plan/image.js';
import { member } from '../../../../plan/member.js';
import type { ServiceResource, StackScope } from '../../../../plan/resources.js';
import { containerName, projectOf, scopedName } from '../labels.js';
import { atLeast, type ApiVersion } from '../../engine-api/version.js';
import { configMembers, hostMembers } from './attributes.js';
import { containerLabels } from './container-labels.js';
import { endpoints, macMember, type Endpoint } from './endpoints.js';
import { fileArchives, tmpfsMember, type FileArchive, type FileContents } from './files.js';
import { healthMember, stopSeconds } from './health.js';
import { mountMembers } from './mounts.js';
import { portMembers } from './ports.js';
import { given, isTree, textIn, textMapIn, textsIn, treeIn, type Tree } from './reading.js';
import { externalLinks, modeMembers, referencesOf, withLinks, type ContainerReferences } from './references.js';
import { resourceMembers } from './resources.js';
import { restartMember } from './restart.js';

/** What a container is made from. */
export interface ContainerInput {
  readonly scope: StackScope;
  readonly service: ServiceResource;
  /** Counted from 1. */
  readonly slot: number;
  readonly apiVersion: ApiVersion;
  /** That of the lease under which it is made. */
  readonly epoch: number;
  /** Of the image on the daemon; null where it is not known. */
  readonly imageId: string | null;
  readonly files: FileContents;
  /** A container for a command of its own: it answers to no alias, and is not started again. */
  readonly oneOff?: OneOff;
}

export interface OneOff {
  readonly command: readonly string[];
  readonly tty: boolean;
  /** With a standard input, which ends with its first reader. */
  readonly interactive: boolean;
  readonly user?: string;
  readonly workingDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: it publishes no port. */
  readonly publish?: boolean;
  /** Tells it from others: part of the name. Default: the number of the slot. */
  readonly slug?: string;
}

export interface ContainerPlan {
  readonly name: string;
  /** The query parameter `platform` of the call, where the definition says one. */
  readonly platform: string | null;
  /** JSON of POST /containers/create (Engine API 1.41 and newer), once `references` are filled in (references.ts). */
  readonly body: Tree;
  /** Every network, in the order in which it joins them. */
  readonly networks: readonly Endpoint[];
  /** Those of them that the container has to be connected to before it starts, since `body` cannot name them. */
  readonly connect: readonly Endpoint[];
  readonly references: ContainerReferences;
  /** What is copied into it before it starts. */
  readonly archives: readonly FileArchive[];
}

/**
 * What a container of a service is made from: a pure function of the service as it was applied.
 *
 * @throws RefusedError for a secret or config without content, or with an owner that is no number.
 */
export function createBody(input: ContainerInput): ContainerPlan {
  const { scope, service, slot, apiVersion, oneOff, files } = input;
  const { definition } = service;
  const slug = oneOff === undefined ? null : (oneOff.slug ?? String(slot));
  const name = slug === null ? replicaName(scope, service, slot) : `${projectOf(scope)}-${service.name}-run-${slug}`;
  const aliases = slug === null ? [service.name, name] : null;
  const networks = endpoints(definition, aliases, (key) => daemonName(service, 'network', key), apiVersion);
  const named = atLeast(apiVersion, [1, 44]) ? networks : networks.slice(0, 1);
  const body = {
    ...containerMembers(input, slug),
    HostConfig: hostConfig(input, networks[0]),
    ...(named.length > 0 && {
      NetworkingConfig: {
        EndpointsConfig: Object.fromEntries(named.map((endpoint) => [endpoint.name, endpoint.config])),
      },
    }),
  };
  return {
    name,
    platform: textIn(definition, 'platform') ?? null,
    body: withLinks(body, externalLinks(definition)),
    networks,
    connect: networks.slice(named.length),
    references: referencesOf(definition),
    archives: fileArchives(service.name, definition, files),
  };
}

/** The name of the container of a slot. */
export function replicaName(scope: StackScope, { name, definition }: ServiceResource, slot: number): string {
  return definition.container_name ?? containerName(scope, name, slot);
}

/** The daemon's name of a network or volume of the project; that of an external one is as the project says it. */
function daemonName(service: ServiceResource, kind: 'network' | 'volume', key: string): string {
  const used = member(service.uses ?? {}, `${kind} ${key}`);
  if (used?.external === true) return used.name;
  return scopedName(service.namespace, used?.name ?? `${service.stack}_${key}`);
}

/** The members of the body that are the container's own configuration. */
function containerMembers(input: ContainerInput, slug: string | null): Tree {
  const { scope, service, slot, epoch, imageId, apiVersion, oneOff } = input;
  const { definition } = service;
  const { exposed } = portMembers(definition, oneOff?.publish ?? oneOff === undefined);
  return given({
    Image: imageOf(scope.stack, service.name, definition),
    Entrypoint: definition.entrypoint ?? undefined,
    Cmd: definition.command ?? undefined,
    Env: envOf({ ...definition.environment, ...oneOff?.env }),
    Labels: containerLabels(service, { scope, slot, epoch, imageId, slug }),
    ExposedPorts: Object.keys(exposed).length === 0 ? undefined : exposed,
    Healthcheck: healthMember(definition, apiVersion),
    StopTimeout: stopSeconds(definition),
    MacAddress: oneOff === undefined ? macMember(definition, apiVersion) : undefined,
    ...configMembers(definition),
    ...(oneOff !== undefined && oneOffMembers(oneOff)),
  });
}

/** What is null was to be taken from the environment of whoever deployed it, and was not there. */
function envOf(environment: Readonly<Record<string, string | null>>): readonly string[] | undefined {
  const lines = Object.entries(environment).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]));
  return lines.length === 0 ? undefined : lines;
}

/** Engine API 1.41: the standard input of a session is attached before the container starts, and ends with it. */
function oneOffMembers({ command, tty, interactive, user, workingDir }: OneOff): Tree {
  return given({
    Cmd: command.length === 0 ? undefined : command,
    Tty: tty,
    OpenStdin: interactive,
    StdinOnce: interactive,
    AttachStdin: interactive,
    AttachStdout: true,
    AttachStderr: true,
    User: user,
    WorkingDir: workingDir,
  });
}

function hostConfig(input: ContainerInput, first: Endpoint | undefined): Tree {
  const { service, apiVersion, oneOff } = input;
  const { definition } = service;
  const { bindings } = portMembers(definition, oneOff?.publish ?? oneOff === undefined);
  return given({
    NetworkMode: first?.name,
    ...hostMembers(definition),
    ...modeMembers(definition),
    ...resourceMembers(definition),
    ...mountMembers(definition, (key) => daemonName(service, 'volume', key), apiVersion),
    Tmpfs: tmpfsMember(definition),
    PortBindings: Object.keys(bindings).length === 0 ? undefined : bindings,
    RestartPolicy: oneOff === undefined ? restartMember(definition) : { Name: 'no' },
    ExtraHosts: extraHosts(definition),
    LogConfig: logConfig(definition),
    Annotations: atLeast(apiVersion, [1, 43]) ? textMapIn(definition, 'annotations') : undefined,
  });
}

/** Canonical `host=address` as the daemon's `host:address`. */
function extraHosts(definition: Service): readonly string[] | undefined {
  return textsIn(definition, 'extra_hosts')?.map((text) => text.replace('=', ':'));
}

/** No driver is the daemon's own. */
function logConfig(definition: Service): Tree | undefined {
  const logging = treeIn(definition, 'logging');
  if (!isTree(definition['logging'])) return undefined;
  return { Type: textIn(logging, 'driver') ?? '', Config: textMapIn(logging, 'options') ?? {} };
}
