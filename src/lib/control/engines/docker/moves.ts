import type { ServiceResource, StackScope } from '../../../plan/resources.js';
import { RefusedError } from '../../../port/errors.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import type { EngineApi } from '../engine-api/api.js';
import type { ImageSource } from './image-source.js';
import { asideName, berthLabels } from './labels.js';
import type { Move } from './replica.js';
import type { ContentSource } from './resources.js';
import { type ContainerPlan, createBody, type OneOff, replicaName } from './spec/create-body.js';
import { textMapIn } from './spec/reading.js';
import { type ContainerReferences, withReferences } from './spec/references.js';
import { withVolumesOf } from './volumes-kept.js';
import { readId, readLabels } from './wire.js';

export interface MoveParts {
  readonly api: EngineApi;
  readonly images: ImageSource;
  readonly contents: ContentSource;
  /** Names of the containers of a service that run, the lowest slot first. */
  readonly namesOf: (scope: StackScope, service: string, signal: AbortSignal) => Promise<readonly string[]>;
}

/** A container to be made. */
export interface Making {
  readonly scope: StackScope;
  readonly service: ServiceResource;
  readonly slot: number;
  readonly epoch: number;
  readonly oneOff?: OneOff;
}

/**
 * Does one move. Every step of it can be done again: an interrupted one is taken up by the next look.
 *
 * @throws DaemonError, RefusedError, AuthenticationError, NotFoundError (the image); not for a container that does not
 *   start: the daemon keeps why, and the next look tells it.
 */
export async function carryOutMove(
  parts: MoveParts,
  making: Omit<Making, 'slot'>,
  move: Move,
  signal: AbortSignal,
): Promise<void> {
  const { api } = parts;
  switch (move.do) {
    case 'create': {
      const planned = await prepare(parts, { ...making, slot: move.slot }, signal);
      const plan = move.beside === null ? planned : await withVolumesOf(api, move.beside, planned, signal);
      if (move.beside !== null) await giveWay(api, move.beside, plan.name, signal);
      const id = await makeUnlessThere(parts, plan, signal);
      // Somebody who was cut off has made it: the next look says what is to become of it.
      if (id === null) return;
      if (move.beside !== null && !move.startFirst) await stop(api, move.beside, signal);
      await start(api, id, signal);
      return;
    }
    case 'start':
      return start(api, move.id, signal);
    case 'stop':
      return stop(api, move.id, signal);
    case 'rename':
      return rename(api, move.id, replicaName(making.scope, making.service, move.slot), signal);
    case 'remove':
      return remove(api, move.id, signal);
  }
}

/** Fetches what a container needs, before anything else is touched. */
export async function prepare(
  { api, images, contents, namesOf }: MoveParts,
  making: Making,
  signal: AbortSignal,
): Promise<ContainerPlan> {
  const { scope, service } = making;
  const image = await images.ensure(scope, service, signal);
  const files = await contents.read(scope, service, signal);
  const plan = createBody({ ...making, apiVersion: api.version, imageId: image.id, files });
  const others = sharedServices(plan.references);
  if (others.length === 0) return plan;
  const names = new Map<string, readonly string[]>();
  for (const other of others) names.set(other, await namesOf(scope, other, signal));
  return { ...plan, body: withReferences(plan.body, plan.references, (other) => names.get(other) ?? []) };
}

function sharedServices(references: ContainerReferences): string[] {
  const { sharesNetwork, sharesPid, sharesIpc, volumesFrom = [], links = [] } = references;
  const one = [sharesNetwork, sharesPid, sharesIpc].filter((service) => service !== undefined);
  return [...new Set([...one, ...volumesFrom.map(({ service }) => service), ...links.map(({ service }) => service)])];
}

/** Makes a container as planned, and does not start it. Gives its id. Throws DaemonError, status 409 where the name is taken. */
export async function make({ api }: MoveParts, plan: ContainerPlan, signal: AbortSignal): Promise<string> {
  const { name, platform } = plan;
  const query = { name, ...(platform !== null && { platform }) };
  const { body } = await api.call({ method: 'POST', path: '/containers/create', query, body: plan.body }, signal);
  const id = readId(body);
  for (const network of plan.connect) {
    const path = `/networks/${encodeURIComponent(network.name)}/connect`;
    await api.call({ method: 'POST', path, body: { Container: id, EndpointConfig: network.config } }, signal);
  }
  for (const { path, data } of plan.archives) {
    await api.call({ method: 'PUT', path: `/containers/${id}/archive`, query: { path }, archive: data }, signal);
  }
  return id;
}

/** Null where the name is taken by a container of the same slot. @throws RefusedError where it is another tool's. */
async function makeUnlessThere(parts: MoveParts, plan: ContainerPlan, signal: AbortSignal): Promise<string | null> {
  try {
    return await make(parts, plan, signal);
  } catch (error) {
    if (!isDaemonError(error, 409) || !error.message.includes('already in use')) throw error;
    if (await isSameSlot(parts.api, plan, signal)) return null;
    throw new RefusedError(`there is a container ${plan.name} on this engine already that is not berth's`, {
      detail: error.message,
      hint: 'Remove or rename it, or take its stack over with `berth stack adopt`.',
    });
  }
}

async function isSameSlot(api: EngineApi, { name, body }: ContainerPlan, signal: AbortSignal): Promise<boolean> {
  try {
    const found = await api.call({ method: 'GET', path: `/containers/${encodeURIComponent(name)}/json` }, signal);
    const [labels, wanted] = [readLabels(found.body), textMapIn(body, 'Labels') ?? {}];
    const { namespace, stack, service, slot } = berthLabels;
    return [namespace, stack, service, slot].every((label) => labels[label] === wanted[label]);
  } catch (error) {
    // Gone again: it was being taken away.
    if (isDaemonError(error, 404)) return true;
    throw error;
  }
}

/** A container that does not start says why when it is looked at. */
async function start(api: EngineApi, id: string, signal: AbortSignal): Promise<void> {
  try {
    await api.call({ method: 'POST', path: `/containers/${id}/start` }, signal);
  } catch (error) {
    if (!isDaemonError(error)) throw error;
  }
}

/** Waits for its end: as long as it was given to stop by itself, then the daemon kills it. */
export async function stop(api: EngineApi, id: string, signal: AbortSignal): Promise<void> {
  await ifThere(api.call({ method: 'POST', path: `/containers/${id}/stop` }, signal));
}

/** Stops it where it runs; volumes without a name go with it. */
export async function remove(api: EngineApi, id: string, signal: AbortSignal): Promise<void> {
  await stop(api, id, signal);
  try {
    await ifThere(api.call({ method: 'DELETE', path: `/containers/${id}`, query: { v: true, force: true } }, signal));
  } catch (error) {
    // Somebody else removes it just now.
    if (!isDaemonError(error, 409)) throw error;
  }
}

/** Leaves the name to the one that comes in its place, as docker compose does. */
async function giveWay(api: EngineApi, id: string, name: string, signal: AbortSignal): Promise<void> {
  await rename(api, id, asideName(id, name), signal);
}

async function rename(api: EngineApi, id: string, name: string, signal: AbortSignal): Promise<void> {
  try {
    await ifThere(api.call({ method: 'POST', path: `/containers/${id}/rename`, query: { name } }, signal));
  } catch (error) {
    // It has that name already; or another still has it, and the next look shows whether it goes on having it.
    if (!isDaemonError(error, 409) && !isDaemonError(error, 400)) throw error;
  }
}

async function ifThere(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isDaemonError(error, 404)) throw error;
  }
}
