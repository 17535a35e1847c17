import type { Deploy, Service } from '../compose/project.js';
import type { ServiceChanges } from '../port/services.js';
import { UsageError } from '../port/errors.js';
import { parseCommand, parseExposed, parseImage, parseLink, parsePort, parseVolume } from './service-words.js';

/** What docker-cloud's flags say of a service; what is absent was not said. */
export interface ServiceFlags {
  readonly image?: string | undefined;
  readonly 'target-num-containers'?: number | undefined;
  readonly 'run-command'?: string | undefined;
  readonly entrypoint?: string | undefined;
  readonly publish?: readonly string[] | undefined;
  readonly expose?: readonly string[] | undefined;
  readonly volume?: readonly string[] | undefined;
  readonly 'volumes-from'?: readonly string[] | undefined;
  readonly 'link-service'?: readonly string[] | undefined;
  readonly cpushares?: number | undefined;
  /** MB */
  readonly memory?: number | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly 'deployment-strategy'?: 'EMPTIEST_NODE' | 'HIGH_AVAILABILITY' | 'EVERY_NODE' | undefined;
  readonly autorestart?: 'OFF' | 'ON_FAILURE' | 'ALWAYS' | undefined;
  readonly autodestroy?: 'OFF' | 'ON_SUCCESS' | 'ALWAYS' | undefined;
  readonly role?: readonly string[] | undefined;
  readonly net?: string | undefined;
  readonly pid?: string | undefined;
  readonly privileged?: boolean | undefined;
  readonly autoredeploy?: boolean | undefined;
  readonly sequential?: boolean | undefined;
}

/** The definition of a service that has only what the flags say. @throws UsageError for a wrong word. */
export function serviceDefinition(
  image: string,
  flags: ServiceFlags,
  variables: Readonly<Record<string, string>>,
): Service {
  const changes = serviceChanges({ ...flags, image }, variables, {});
  const given = Object.entries(changes).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given);
}

/**
 * What the flags change of a service: each attribute that one of them concerns, whole; null where it goes away. Lists
 * replace what is there.
 *
 * @param variables those of the environment; none leaves it as it is.
 * @param current the definition as it is stored, for attributes of which a flag says only a part.
 * @throws UsageError for a wrong word.
 */
export function serviceChanges(
  flags: ServiceFlags,
  variables: Readonly<Record<string, string>>,
  current: Service,
): ServiceChanges {
  return {
    ...(flags.image !== undefined && { image: parseImage(flags.image) }),
    ...runChanges(flags, variables),
    ...networkChanges(flags, current),
    ...(flags.volume && { volumes: flags.volume.map(parseVolume) }),
    ...(flags['volumes-from'] && { volumes_from: flags['volumes-from'] }),
    ...(flags.cpushares !== undefined && { cpu_shares: sharesOf(flags.cpushares) }),
    ...(flags.autorestart !== undefined && { restart: restartPolicies[flags.autorestart] }),
    ...deployChanges(flags, current.deploy ?? {}),
    ...extensionChanges(flags, current['x-berth'] ?? {}),
  };
}

/** 0 takes the weight away. @throws UsageError for a number that Docker Cloud did not take. */
function sharesOf(cpushares: number): number | null {
  if (cpushares === 0) return null;
  if (cpushares >= 2 && cpushares <= 1024) return cpushares;
  throw new UsageError(`--cpushares takes a number from 2 to 1024; got ${cpushares}`, {
    hint: 'Containers share CPU by this weight; 0 takes it away.',
  });
}

const restartPolicies = { OFF: 'no', ON_FAILURE: 'on-failure', ALWAYS: 'always' } as const;

function runChanges(flags: ServiceFlags, variables: Readonly<Record<string, string>>): ServiceChanges {
  const words = (flag: '--run-command' | '--entrypoint', line: string): readonly string[] | null => {
    const command = parseCommand(flag, line);
    return command.length === 0 ? null : command;
  };
  const { 'run-command': command, entrypoint, pid, privileged } = flags;
  return {
    ...(command !== undefined && { command: words('--run-command', command) }),
    ...(entrypoint !== undefined && { entrypoint: words('--entrypoint', entrypoint) }),
    ...(Object.keys(variables).length > 0 && { environment: variables }),
    ...(pid !== undefined && { pid: pid === 'none' ? null : pid }),
    ...(privileged !== undefined && { privileged: privileged ? true : null }),
  };
}

function networkChanges(
  { publish, expose, net, 'link-service': links }: ServiceFlags,
  current: Service,
): ServiceChanges {
  const ports = publish?.map(parsePort);
  const published = new Set((ports ?? current.ports ?? []).map(({ target }) => String(target)));
  return {
    ...(ports && { ports }),
    // A port that is published is open already.
    ...(expose && { expose: expose.map(parseExposed).filter((port) => !published.has(port)) }),
    // The services it names may belong to any stack.
    ...(links && { external_links: links.map(parseLink) }),
    // Compose has either networks or a mode.
    ...(net !== undefined && { network_mode: net, ...(current.networks !== undefined && { networks: null }) }),
  };
}

function deployChanges(flags: ServiceFlags, current: Deploy): ServiceChanges {
  const { 'target-num-containers': replicas, 'deployment-strategy': strategy, memory, autorestart } = flags;
  if (replicas !== undefined && strategy === 'EVERY_NODE') {
    throw new UsageError('--target-num-containers and --deployment-strategy EVERY_NODE exclude each other', {
      hint: 'With EVERY_NODE there is one container on every node.',
    });
  }
  if (replicas === undefined && strategy === undefined && memory === undefined && !overrides(current, autorestart)) {
    return {};
  }
  const changed: Deploy = withoutAbsent({
    ...current,
    ...(replicas !== undefined && { replicas }),
    ...(strategy !== undefined && strategyChanges(strategy, current)),
    ...(memory !== undefined && { resources: withMemory(current.resources ?? {}, memory) }),
    ...(autorestart !== undefined && { restart_policy: undefined }),
  });
  return { deploy: Object.keys(changed).length === 0 ? null : changed };
}

/** True where a policy of `deploy` would win over what the flag says. */
function overrides(current: Deploy, autorestart: ServiceFlags['autorestart']): boolean {
  return autorestart !== undefined && current.restart_policy !== undefined;
}

function strategyChanges(
  strategy: NonNullable<ServiceFlags['deployment-strategy']>,
  { placement = {} }: Deploy,
): Readonly<Record<string, unknown>> {
  const preferences = strategy === 'HIGH_AVAILABILITY' ? [{ spread: 'node.id' }] : undefined;
  const changed = withoutAbsent({ ...placement, preferences });
  return {
    mode: strategy === 'EVERY_NODE' ? 'global' : undefined,
    placement: Object.keys(changed).length === 0 ? undefined : changed,
  };
}

/** @param megabytes 0 lifts the limit. */
function withMemory(
  resources: Readonly<Record<string, unknown>>,
  megabytes: number,
): Readonly<Record<string, unknown>> | undefined {
  const memory = megabytes === 0 ? undefined : String(megabytes * 1024 * 1024);
  const limits = withoutAbsent({ ...recordOf(resources['limits']), memory });
  const changed = withoutAbsent({ ...resources, limits: Object.keys(limits).length === 0 ? undefined : limits });
  return Object.keys(changed).length === 0 ? undefined : changed;
}

function extensionChanges(flags: ServiceFlags, current: Readonly<Record<string, unknown>>): ServiceChanges {
  const { tag, role, autodestroy, autoredeploy, sequential } = flags;
  const given = withoutAbsent({ tag, role, autodestroy, autoredeploy, sequential });
  if (Object.keys(given).length === 0) return {};
  const changed = withoutAbsent({
    ...current,
    ...(tag && { tags: tag }),
    ...(role && { roles: role }),
    ...(autodestroy !== undefined && { autodestroy: destroyPolicies[autodestroy] }),
    ...(autoredeploy !== undefined && { autoredeploy: autoredeploy || undefined }),
    ...(sequential !== undefined && { sequential: sequential || undefined }),
  });
  return { 'x-berth': Object.keys(changed).length === 0 ? null : changed };
}

const destroyPolicies = { OFF: undefined, ON_SUCCESS: 'on-success', ALWAYS: 'always' } as const;

function withoutAbsent(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
