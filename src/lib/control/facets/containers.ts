import type { Container, ContainerListOptions, ContainersFacet } from '../../port/containers.js';
import { candidatesIn, lookup } from '../../port/lookup.js';
import { type CallContext, verb } from '../../port/verb.js';
import type { Task, TaskFilter } from '../engines/engine.js';
import { toContainer } from '../views.js';
import type { Desk } from './desk.js';

/** Containers of the engine backend. */
export function containersFacet(desk: Desk): ContainersFacet {
  return {
    list: verb(['service', 'stack', 'state', 'all'], (_request, options, context) =>
      listContainers(desk, options, context),
    ),
    get: verb([], async ({ container }, _options, context) => toContainer(await findTask(desk, container, context))),
  };
}

/**
 * Finds a replica: those that were replaced only where no other has the name.
 *
 * @throws NotFoundError or AmbiguousError.
 */
export async function findTask(desk: Desk, query: string, context: CallContext): Promise<Task> {
  const { namespace } = desk.principal;
  const tasks = await desk.parts.engine.tasks({ namespace, all: true }, context);
  const all = candidatesIn(tasks);
  const present = candidatesIn(tasks.filter((task) => task.desired));
  return lookup('container', query, {
    byIdPrefix: (prefix) => all.byIdPrefix(prefix),
    names: () => all.names(),
    byName: async (name, stack) => {
      const found = await present.byName(name, stack);
      return found.length > 0 ? found : all.byName(name, stack);
    },
  });
}

async function* listContainers(
  desk: Desk,
  options: ContainerListOptions,
  context: CallContext,
): AsyncIterable<Container> {
  const filter = await toFilter(desk, options, context);
  for (const task of await desk.parts.engine.tasks(filter, context)) {
    if (options.state === undefined || task.state === options.state) yield toContainer(task);
  }
}

async function toFilter(desk: Desk, options: ContainerListOptions, context: CallContext): Promise<TaskFilter> {
  const { namespace } = desk.principal;
  const all = options.all ?? false;
  if (options.service !== undefined) {
    const { name, stack } = await desk.findService(options.service, options.stack, context);
    return { namespace, all, service: name, ...(stack === null ? {} : { stack }) };
  }
  if (options.stack === undefined) return { namespace, all };
  return { namespace, all, stack: (await desk.findStack(options.stack)).name };
}
