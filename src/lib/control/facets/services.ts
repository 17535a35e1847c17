import type { Project } from '../../compose/project.js';
import { isGlobal } from '../../plan/desired.js';
import type { Intent } from '../../plan/intent.js';
import type { ActionObject, Mutation } from '../../port/actions.js';
import { RefusedError, UsageError } from '../../port/errors.js';
import type {
  ScaleTarget,
  Service,
  ServiceCreateOptions,
  ServiceCreation,
  ServiceListOptions,
  ServicesFacet,
} from '../../port/services.js';
import { type CallContext, type MutationOptions, verb } from '../../port/verb.js';
import { serviceIdOf, summary, toServices } from '../views.js';
import { defaultMonitorMs, type Desk, type LocatedService, locateService, mutationOptions } from './desk.js';
import { checkName } from './stacks.js';

/** Services of the engine backend: those of stacks, and those that stand alone. */
export function servicesFacet(desk: Desk): ServicesFacet {
  return {
    list: verb(['stack', 'state'], (_request, options, context) => listServices(desk, options, context)),
    get: verb([], async ({ service }, _options, context) => {
      return (await desk.findService(service, undefined, context)).service;
    }),
    create: verb(['dryRun', 'strict'], (request, options, context) =>
      addAlone(desk, request, { name: 'Service Create', options, context }, (definition) => ({
        ...{ want: 'create', definition, standalone: true },
      })),
    ),
    run: verb([...mutationOptions, 'strict'], (request, options, context) =>
      addAlone(desk, request, { name: 'Service Run', options, context }, runAlone),
    ),
    update: verb([...mutationOptions, 'redeploy'], ({ service, changes }, options, context) =>
      onService(desk, service, { name: 'Service Update', options, context }, ({ name }) => ({
        ...{ want: 'change', service: name, changes, redeploy: options.redeploy ?? false, monitorMs: defaultMonitorMs },
      })),
    ),
    scale: verb(mutationOptions, ({ replicas }, options, context) => scale(desk, replicas, options, context)),
    start: verb(mutationOptions, ({ service }, options, context) => run(desk, service, 'start', { options, context })),
    stop: verb(mutationOptions, ({ service }, options, context) => run(desk, service, 'stop', { options, context })),
    redeploy: verb(mutationOptions, ({ service }, options, context) =>
      run(desk, service, 'redeploy', { options, context }),
    ),
    terminate: verb(mutationOptions, ({ service }, options, context) =>
      onService(desk, service, { name: 'Service Terminate', options, context }, ({ name }) => ({
        ...{ want: 'remove', service: name },
      })),
    ),
  };
}

async function* listServices(desk: Desk, options: ServiceListOptions, context: CallContext): AsyncIterable<Service> {
  for (const view of await desk.views(options.stack, context)) {
    for (const service of toServices(view)) {
      if (options.state === undefined || service.state === options.state) yield summary(service);
    }
  }
}

interface ServiceCall {
  readonly name: string;
  readonly options: MutationOptions & ServiceCreateOptions;
  readonly context: CallContext;
}

/** Its shell is a stack of the same name. */
async function addAlone(
  desk: Desk,
  { name, definition }: ServiceCreation,
  call: ServiceCall,
  intent: (project: Project) => Intent,
): Promise<Mutation<Service>> {
  checkName(name);
  const project: Project = {
    name,
    services: { [name]: definition },
    networks: { default: { name: `${name}_default` } },
  };
  return desk.change({
    ...call,
    scope: desk.scope(name),
    intent: intent(project),
    object: (id) => ({ kind: 'service', id: serviceIdOf(id, name), name }),
    subject: () => findSubject(desk, name, name, call.context),
  });
}

function runAlone(definition: Project): Intent {
  return {
    ...{ want: 'up', definition, standalone: true, services: null, prune: false, monitorMs: defaultMonitorMs },
    ...{ resetConfig: false, resetScale: false, rollbackOnFailure: false, fresh: true },
  };
}

const runNames = { start: 'Service Start', stop: 'Service Stop', redeploy: 'Service Redeploy' } as const;

function run(
  desk: Desk,
  service: string,
  want: keyof typeof runNames,
  call: Omit<ServiceCall, 'name'>,
): Promise<Mutation<Service>> {
  return onService(desk, service, { ...call, name: runNames[want] }, ({ name }) => ({
    ...{ want, services: [name], monitorMs: defaultMonitorMs },
  }));
}

/** Changes a service that is there. */
async function onService(
  desk: Desk,
  query: string,
  call: ServiceCall,
  intent: (service: { readonly name: string }) => Intent,
): Promise<Mutation<Service>> {
  const located = await desk.findService(query, undefined, call.context);
  const { service, scope } = located;
  return desk.change({
    ...call,
    scope,
    intent: intent(service),
    object: () => serviceObject(located),
    subject: () => findSubject(desk, scope.stack, service.name, call.context),
  });
}

async function findSubject(desk: Desk, stack: string, name: string, context: CallContext): Promise<Service | null> {
  const view = await desk.view(stack, context);
  const found = view === null ? undefined : toServices(view).find((service) => service.name === name);
  return found === undefined ? null : summary(found);
}

async function scale(
  desk: Desk,
  targets: readonly ScaleTarget[],
  options: MutationOptions,
  context: CallContext,
): Promise<Mutation<readonly Service[]>> {
  checkNumbers(targets);
  const { stack, replicas, located } = await findTargets(desk, targets, context);
  const [only, ...others] = located;
  return desk.change({
    scope: desk.scope(stack),
    name: 'Service Scale',
    intent: { want: 'scale', replicas, monitorMs: defaultMonitorMs },
    object: (id) =>
      only !== undefined && others.length === 0 ? serviceObject(only) : { kind: 'stack', id, name: stack },
    options,
    context,
    subject: async () => {
      const after = await desk.view(stack, context);
      const services = after === null ? [] : toServices(after);
      return services.filter(({ name }) => Object.hasOwn(replicas, name)).map(summary);
    },
  });
}

function serviceObject({ service: { id, name, stack } }: LocatedService): ActionObject {
  return { kind: 'service', id, name: stack === null ? name : `${name}.${stack}` };
}

function checkNumbers(targets: readonly ScaleTarget[]): void {
  if (targets.length === 0) throw new UsageError('no service to scale was named');
  for (const { service, replicas } of targets) {
    if (Number.isSafeInteger(replicas) && replicas >= 0 && replicas <= maxReplicas) continue;
    throw new UsageError(`replicas of ${service} must be a whole number from 0 to ${maxReplicas}: ${replicas}`, {
      hint: 'Nothing was changed.',
    });
  }
}

/** More than any engine runs of one service: a typing error. */
const maxReplicas = 100_000;

interface Targets {
  /** Name of the stack, or of the shell. */
  readonly stack: string;
  readonly replicas: Readonly<Record<string, number>>;
  readonly located: readonly LocatedService[];
}

/** All targets, or none: throws before anything is changed. */
async function findTargets(desk: Desk, targets: readonly ScaleTarget[], context: CallContext): Promise<Targets> {
  const views = await desk.views(undefined, context);
  const replicas = new Map<string, number>();
  const located: LocatedService[] = [];
  for (const target of targets) {
    const found = await locateService(target.service, views);
    checkScalable(found);
    const { name } = found.service;
    const earlier = replicas.get(name);
    const [other] = located;
    if (other !== undefined && other.scope.stack !== found.scope.stack) {
      throw new UsageError(`${other.service.name} and ${name} belong to different stacks`, {
        hint: 'Nothing was changed. Scale the services of one stack at a time.',
      });
    }
    if (earlier !== undefined && earlier !== target.replicas) {
      throw new UsageError(`service ${name} is named twice, with ${earlier} and ${target.replicas} replicas`, {
        hint: 'Nothing was changed.',
      });
    }
    replicas.set(name, target.replicas);
    located.push(found);
  }
  return { stack: located[0]?.scope.stack ?? '', replicas: Object.fromEntries(replicas), located };
}

function checkScalable({ service, record }: LocatedService): void {
  if (!Object.hasOwn(record.definition.services, service.name)) {
    throw new RefusedError(`service ${service.name} is gone from the definition of its stack`, {
      hint: 'Nothing was changed. `berth stack up --prune` removes it.',
    });
  }
  if (!isGlobal(service.definition)) return;
  throw new RefusedError(`service ${service.name} is global: it has one replica on every node`, {
    hint: 'Nothing was changed. Set `deploy.mode: replicated` in its file to scale it.',
  });
}
