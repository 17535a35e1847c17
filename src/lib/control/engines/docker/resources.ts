import { withoutContent } from '../../../plan/contents.js';
import { digest } from '../../../plan/hash.js';
import type { SharedResource } from '../../../plan/desired.js';
import type { ResourceRef, ServiceResource, StackScope } from '../../../plan/resources.js';
import { ConflictError, RefusedError } from '../../../port/errors.js';
import type { EngineApi } from '../engine-api/api.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import type { Fence } from '../engine.js';
import { type KeptContent, readContent } from './content.js';
import { berthLabels, composeLabels, projectOf } from './labels.js';
import { rebuildNetwork } from './rebuild-network.js';
import type { RegisterKey, Registers } from './registers.js';
import { networkBody } from './spec/networks.js';
import { volumeBody } from './spec/volumes.js';
import { readNetworks, readVolumes, type Shared } from './wire.js';

/** Gives the contents of the secrets and configs that containers of a service get. */
export interface ContentSource {
  /** By `secret <name>` or `config <name>`. Throws RefusedError for one that was never applied. */
  read(scope: StackScope, service: ServiceResource, signal: AbortSignal): Promise<Readonly<Record<string, Buffer>>>;
}

export interface ResourceParts {
  readonly api: EngineApi;
  readonly registers: Registers;
}

/**
 * Makes a network or volume, or keeps the content of a secret or config.
 *
 * @throws RefusedError for a volume that is there and was made otherwise; ConflictError for an epoch that is over.
 */
export async function applyShared(
  parts: ResourceParts,
  resource: SharedResource,
  { epoch }: Fence,
  signal: AbortSignal,
): Promise<void> {
  switch (resource.kind) {
    case 'network':
      return applyNetwork(parts.api, resource, signal);
    case 'volume':
      return applyVolume(parts.api, resource, signal);
    case 'secret':
    case 'config':
      return keepContent(parts.registers, resource, epoch, signal);
  }
}

/** @throws RefusedError while a container uses it. */
export async function removeShared(parts: ResourceParts, ref: ResourceRef, signal: AbortSignal): Promise<void> {
  const { kind, name } = ref;
  if (kind === 'secret' || kind === 'config') return parts.registers.remove(keyOf(ref, kind), signal);
  const found = (
    kind === 'network' ? await networksOf(parts.api, ref, signal) : await volumesOf(parts.api, ref, signal)
  ).find(({ key }) => key === name);
  if (found === undefined) return;
  const path = kind === 'network' ? `/networks/${found.id}` : `/volumes/${encodeURIComponent(found.id)}`;
  try {
    await parts.api.call({ method: 'DELETE', path }, signal);
  } catch (error) {
    if (isDaemonError(error, 404)) return;
    if (!isDaemonError(error, 403) && !isDaemonError(error, 409)) throw error;
    throw new RefusedError(`${kind} ${name} is in use`, { detail: error.message });
  }
}

/** Networks, volumes, secrets and configs that a stack has on the daemon, by kind and name. */
export async function sharedOf(parts: ResourceParts, scope: StackScope, signal: AbortSignal): Promise<ResourceRef[]> {
  const { namespace, stack } = scope;
  const [networks, volumes, secrets, configs] = await Promise.all([
    networksOf(parts.api, scope, signal),
    volumesOf(parts.api, scope, signal),
    parts.registers.list({ kind: 'secret', namespace, stack }, signal),
    parts.registers.list({ kind: 'config', namespace, stack }, signal),
  ]);
  const named = (kind: ResourceRef['kind'], names: readonly string[]): ResourceRef[] =>
    [...names].sort().map((name) => ({ kind, namespace, stack, name }));
  return [
    ...named(
      'config',
      configs.map(({ key }) => key.name),
    ),
    ...named(
      'network',
      networks.map(({ key }) => key),
    ),
    ...named(
      'secret',
      secrets.map(({ key }) => key.name),
    ),
    ...named(
      'volume',
      volumes.map(({ key }) => key),
    ),
  ];
}

export function contentSource(registers: Registers): ContentSource {
  return {
    read: async (scope, service, signal) => {
      const wanted = Object.entries(service.uses ?? {}).flatMap(([key, { external }]) => {
        const [kind, name = ''] = key.split(' ');
        return (kind === 'secret' || kind === 'config') && external !== true ? [{ key, kind, name } as const] : [];
      });
      const contents = await Promise.all(
        wanted.map(async ({ key, kind, name }) => {
          const found = await registers.read(keyOf({ ...scope, name }, kind), signal);
          if (found?.value == null) throw new RefusedError(`${kind} ${name} is gone from the engine`);
          return [key, Buffer.from(readContent(found.value).data, 'base64')] as const;
        }),
      );
      return Object.fromEntries(contents);
    },
  };
}

interface Keyed extends Shared {
  /** As the project calls it. */
  readonly key: string;
}

async function networksOf(api: EngineApi, scope: StackScope, signal: AbortSignal): Promise<Keyed[]> {
  const query = { filters: { label: [`${composeLabels.project}=${projectOf(scope)}`] } };
  const { body } = await api.call({ method: 'GET', path: '/networks', query }, signal);
  return keyed(readNetworks(body), composeLabels.network);
}

async function volumesOf(api: EngineApi, scope: StackScope, signal: AbortSignal): Promise<Keyed[]> {
  const query = { filters: { label: [`${composeLabels.project}=${projectOf(scope)}`] } };
  const { body } = await api.call({ method: 'GET', path: '/volumes', query }, signal);
  return keyed(readVolumes(body), composeLabels.volume);
}

function keyed(all: readonly Shared[], label: string): Keyed[] {
  return all.flatMap((one) => {
    const key = one.labels[label];
    return key === undefined ? [] : [{ ...one, key }];
  });
}

async function applyNetwork(
  api: EngineApi,
  resource: Extract<SharedResource, { kind: 'network' }>,
  signal: AbortSignal,
): Promise<void> {
  const found = (await networksOf(api, resource, signal)).find(({ key }) => key === resource.name);
  const body = networkBody(resource, resource.name, resource.definition, api.version);
  if (found === undefined) {
    await api.call({ method: 'POST', path: '/networks/create', body }, signal);
    return;
  }
  const made = found.labels[berthLabels.hash];
  // One that another tool has made is taken as it is.
  if (made === undefined || made === digest(resource.definition)) return;
  await rebuildNetwork(api, { id: found.id, name: found.name, body }, signal);
}

async function applyVolume(
  api: EngineApi,
  resource: Extract<SharedResource, { kind: 'volume' }>,
  signal: AbortSignal,
): Promise<void> {
  const found = (await volumesOf(api, resource, signal)).find(({ key }) => key === resource.name);
  if (found === undefined) {
    const body = volumeBody(resource, resource.name, resource.definition);
    await api.call({ method: 'POST', path: '/volumes/create', body }, signal);
    return;
  }
  const made = found.labels[berthLabels.hash];
  if (made === undefined || made === digest(resource.definition)) return;
  throw new RefusedError(`volume ${resource.name} is there already, made from another definition`, {
    hint: `It holds data, and Docker cannot change it. Give the new one another name, or remove ${found.name} yourself.`,
  });
}

async function keepContent(
  registers: Registers,
  { namespace, stack, kind, name, definition }: Extract<SharedResource, { kind: 'secret' | 'config' }>,
  epoch: number,
  signal: AbortSignal,
): Promise<void> {
  const key = keyOf({ namespace, stack, name }, kind);
  const value: KeptContent = { epoch, data: dataOf(definition), definition: withoutContent(definition) };
  for (;;) {
    const found = await registers.read(key, signal);
    const known = found?.value == null ? 0 : readContent(found.value).epoch;
    if (known > epoch) throw new ConflictError(`${kind} ${name} was changed by somebody else meanwhile`);
    if (await registers.write(key, found?.revision ?? 0, value, signal)) return;
  }
}

/** Base64: what was embedded when the definition was loaded, else the text of the file itself. */
function dataOf(definition: Extract<SharedResource, { kind: 'secret' | 'config' }>['definition']): string {
  const embedded = definition['x-berth']?.['data'];
  if (typeof embedded === 'string') return embedded;
  return Buffer.from(definition.content ?? '').toString('base64');
}

function keyOf(
  { namespace, stack, name }: StackScope & { readonly name: string },
  kind: 'secret' | 'config',
): RegisterKey {
  return { kind, namespace, stack, name };
}
