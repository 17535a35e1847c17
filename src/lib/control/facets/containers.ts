import type { Project, Service as ServiceDefinition } from '../../compose/project.js';
import { desiredService } from '../../plan/desired.js';
import type { ContainerCommand, ServiceResource } from '../../plan/resources.js';
import type { Mutation } from '../../port/actions.js';
import type { Container, ContainerListOptions, ContainersFacet, ContainerRef } from '../../port/containers.js';
import { NotFoundError } from '../../port/errors.js';
import { candidatesIn, lookup } from '../../port/lookup.js';
import type { ServiceCreation } from '../../port/services.js';
import { parseSignal } from '../../port/signals.js';
import { type CallContext, type MutationOptions, type Verb, verb } from '../../port/verb.js';
import type { Task, TaskFilter } from '../engines/engine.js';
import { serviceResource, toContainer } from '../views.js';
import { defaultMonitorMs, type Desk, mutationOptions, present } from './desk.js';
import { checkName } from './stacks.js';

/** Containers of the engine backend. */
export function containersFacet(desk: Desk): ContainersFacet {
  const { engine } = desk.parts;
  return {
    list: verb(['service', 'stack', 'state', 'all'], (_request, options, context) =>
      listContainers(desk, options, context),
    ),
    get: verb([], async ({ container }, _options, context) =>
      toContainer(await findTask(desk, container, context), await desk.aloneNames()),
    ),
    ...(engine.command !== undefined && commands(desk)),
    ...(engine.exec !== undefined && execVerb(desk, engine.exec.bind(engine))),
    ...(engine.run !== undefined && runVerb(desk, engine.run.bind(engine))),
  };
}

type ContainerVerb = Verb<ContainerRef, MutationOptions, Promise<Mutation<Container>>>;

function commands(desk: Desk): ContainersFacet {
  const plain = (name: string, what: Exclude<ContainerCommand['do'], 'kill'>): ContainerVerb =>
    verb(mutationOptions, ({ container }, options, context) =>
      command(desk, container, { do: what }, { name, options, context }),
    );
  return {
    start: plain('Container Start', 'start'),
    stop: plain('Container Stop', 'stop'),
    restart: plain('Container Restart', 'restart'),
    pause: plain('Container Pause', 'pause'),
    unpause: plain('Container Unpause', 'unpause'),
    redeploy: plain('Container Redeploy', 'replace'),
    terminate: plain('Container Terminate', 'remove'),
    kill: verb([...mutationOptions, 'signal'], async ({ container }, { signal = 'SIGKILL', ...options }, context) => {
      const what = { do: 'kill', signal: parseSignal(signal) } as const;
      return command(desk, container, what, { name: 'Container Kill', options, context });
    }),
  };
}

interface ContainerCall {
  readonly name: string;
  readonly options: MutationOptions;
  readonly context: CallContext;
}

async function command(
  desk: Desk,
  query: string,
  what: ContainerCommand,
  call: ContainerCall,
): Promise<Mutation<Container>> {
  const task = await findTask(desk, query, call.context);
  if (!task.desired) throw new NotFoundError(`container ${task.name} is gone: ${task.message ?? 'it was replaced'}`);
  const scope = desk.scope(task.stack ?? task.service);
  return desk.change({
    ...call,
    scope,
    intent: {
      ...{ want: 'container', container: task.id, name: task.name, service: task.service },
      ...{ command: what, monitorMs: defaultMonitorMs },
    },
    object: () => ({ kind: 'container', id: task.id, name: `${task.name}.${scope.stack}` }),
    subject: async () => {
      const tasks = await desk.parts.engine.tasks({ ...scope, service: task.service, all: true }, call.context);
      const same = tasks.find(({ id }) => id === task.id);
      const next = tasks.find(({ slot, desired }) => desired && slot === task.slot);
      const found = what.do === 'replace' ? next : what.do === 'remove' ? undefined : same;
      return found === undefined ? null : toContainer(found, await desk.aloneNames());
    },
  });
}

function execVerb(desk: Desk, exec: NonNullable<Desk['parts']['engine']['exec']>): ContainersFacet {
  return {
    exec: verb(
      ['tty', 'interactive', 'user', 'workingDir', 'env'],
      async ({ container, command: argv }, options, context) => {
        const { id, service, stack } = await findTask(desk, container, context);
        return exec({ ...desk.scope(stack ?? service), service, id }, argv, options, context);
      },
    ),
  };
}

function runVerb(desk: Desk, start: NonNullable<Desk['parts']['engine']['run']>): ContainersFacet {
  return {
    run: verb(
      ['tty', 'interactive', 'user', 'workingDir', 'env'],
      async ({ target, command: argv }, options, context) => {
        if ('creation' in target) {
          const service = await passingService(desk, target.creation, context);
          return start(service, argv, { ...options, publish: true }, context);
        }
        const query = 'service' in target ? target.service : undefined;
        const stack = 'stack' in target ? target.stack : undefined;
        const [view] =
          query === undefined
            ? await desk.views(stack, context)
            : [await desk.view((await desk.findService(query, undefined, context)).scope.stack, context)];
        return start(serviceResource(present(view, query ?? stack ?? ''), query), argv, options, context);
      },
    ),
  };
}

/**
 * A service that leaves nothing behind, no network either: it is on that of the engine. Tells what the engine would leave
 * unheeded as progress.
 *
 * @throws InputError for its name; what the engine refuses it with.
 */
async function passingService(
  desk: Desk,
  { name, definition: given }: ServiceCreation,
  context: CallContext,
): Promise<ServiceResource> {
  checkName(name);
  const definition: ServiceDefinition = { ...given, network_mode: given.network_mode ?? 'bridge' };
  const project: Project = { name, services: { [name]: definition } };
  for (const { path, why } of await desk.parts.engine.check(project, context)) {
    context.progress?.({ kind: 'service', name, phase: 'note', status: `${path}: ${why}` });
  }
  return desiredService(desk.scope(name), project, name, definition, {}, undefined);
}

/**
 * Finds a replica: of those that were replaced the newest, and only where no other has the name.
 *
 * @throws NotFoundError or AmbiguousError.
 */
export async function findTask(desk: Desk, query: string, context: CallContext): Promise<Task> {
  const { namespace } = desk.principal;
  const tasks = await desk.parts.engine.tasks({ namespace, all: true }, context);
  const all = candidatesIn(tasks);
  const wanted = candidatesIn(tasks.filter((task) => task.desired));
  return lookup('container', query, {
    byIdPrefix: (prefix) => all.byIdPrefix(prefix),
    names: () => all.names(),
    byName: async (name, stack) => {
      const found = await wanted.byName(name, stack);
      if (found.length > 0) return found;
      const ended = await all.byName(name, stack);
      return ended.filter(
        (task) => !ended.some((other) => isSamePlace(task, other) && other.createdAt > task.createdAt),
      );
    },
  });
}

function isSamePlace(one: Task, other: Task): boolean {
  return one.stack === other.stack && one.service === other.service && one.slot === other.slot;
}

async function* listContainers(
  desk: Desk,
  options: ContainerListOptions,
  context: CallContext,
): AsyncIterable<Container> {
  const filter = await toFilter(desk, options, context);
  const [alone, tasks] = await Promise.all([desk.aloneNames(), desk.parts.engine.tasks(filter, context)]);
  for (const task of tasks) {
    if (options.state === undefined || task.state === options.state) yield toContainer(task, alone);
  }
}

async function toFilter(desk: Desk, options: ContainerListOptions, context: CallContext): Promise<TaskFilter> {
  const { namespace } = desk.principal;
  const all = options.all ?? false;
  if (options.service !== undefined) {
    const { service, scope } = await desk.findService(options.service, options.stack, context);
    return { ...scope, all, service: service.name };
  }
  if (options.stack === undefined) return { namespace, all };
  return { namespace, all, stack: (await desk.findStack(options.stack)).name };
}
