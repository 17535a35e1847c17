import type { TestContext } from 'vitest';
import type { Action } from '../../src/lib/port/actions.js';
import type { Backend } from '../../src/lib/port/backend.js';
import type { Container, ContainerListOptions } from '../../src/lib/port/containers.js';
import type { Release } from '../../src/lib/port/releases.js';
import { call, collect, eventually, need } from './harness.js';
import { noun, nouns } from './nouns.js';

/*
 * What tests look at again and again: what is there, before and after a change. Each needs the verb that it looks with.
 */

/** `Running 2/2`, by the name of the service: state, how many run, and how many should. */
export async function standing(context: TestContext, backend: Backend): Promise<Record<string, string>> {
  const services = await nouns('service', need(context, backend, 'services', 'list')({}, {}, call()));
  return Object.fromEntries(
    services.map(({ name, state, replicas: { desired, running } }) => [name, `${state} ${running}/${desired}`]),
  );
}

export async function containersOf(
  context: TestContext,
  backend: Backend,
  options: ContainerListOptions = {},
): Promise<Container[]> {
  return nouns('container', need(context, backend, 'containers', 'list', options)({}, options, call()));
}

/** Ids, in the order of the list. */
export async function idsOf(
  context: TestContext,
  backend: Backend,
  options: ContainerListOptions = {},
): Promise<string[]> {
  return (await containersOf(context, backend, options)).map(({ id }) => id);
}

/** The environment that a service's next replica gets. */
export async function environmentOf(context: TestContext, backend: Backend, service: string): Promise<unknown> {
  const found = noun('serviceDetail', await need(context, backend, 'services', 'get')({ service }, {}, call()));
  return found.definition.environment;
}

/** The newest first. */
export async function releasesOf(context: TestContext, backend: Backend, stack: string): Promise<Release[]> {
  return nouns('release', need(context, backend, 'releases', 'list')({ stack }, {}, call()));
}

/** The newest first. */
export async function actionsOf(context: TestContext, backend: Backend): Promise<Action[]> {
  return nouns('action', need(context, backend, 'actions', 'list')({}, {}, call()));
}

/** The one that began last. */
export async function newestAction(context: TestContext, backend: Backend): Promise<Action> {
  const [action] = await collect(need(context, backend, 'actions', 'list')({}, { limit: 1 }, call()));
  if (action === undefined) throw new Error('there is no action');
  return noun('action', action);
}

/** Waits for the action's end, and gives it as it is then. */
export async function endOf(
  context: TestContext,
  backend: Backend,
  action: Pick<Action, 'id'> | null | undefined,
): Promise<Action> {
  const get = need(context, backend, 'actions', 'get');
  return eventually('the end of the action', async () => {
    const found = noun('actionDetail', await get({ action: action?.id ?? '' }, {}, call()));
    return found.endedAt === null ? undefined : found;
  });
}
