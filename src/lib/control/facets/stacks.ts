import type { Project } from '../../compose/project.js';
import type { Intent } from '../../plan/intent.js';
import { withoutContents } from '../../plan/contents.js';
import { checkServices } from '../../plan/preconditions.js';
import type { ActionObject, Mutation } from '../../port/actions.js';
import { InputError, NotFoundError, UsageError } from '../../port/errors.js';
import type { Stack, StackCreateOptions, StackDetail, StacksFacet, StackUpOptions } from '../../port/stacks.js';
import { type CallContext, type MutationOptions, verb } from '../../port/verb.js';
import { freeName } from '../app-names.js';
import { toStack } from '../views.js';
import { adoptVerb, exportVerb } from './live-stacks.js';
import { defaultMonitorMs, type Desk, mutationOptions } from './desk.js';

/** Stacks of the engine backend. An app is a stack. */
export function stacksFacet(desk: Desk): StacksFacet {
  return {
    list: verb(['apps'], (_request, _options, context) => listStacks(desk, context)),
    get: verb([], ({ stack }, _options, context) => getStack(desk, stack, context)),
    create: verb(['dryRun', 'strict', 'generateName'], ({ project }, options, context) =>
      create(desk, project, options, context),
    ),
    up: verb([...mutationOptions, ...upOptions], ({ project }, options, context) =>
      up(desk, project, options, context),
    ),
    update: verb([...mutationOptions, 'redeploy'], ({ stack, project }, options, context) => {
      const { redeploy = false } = options;
      return onStack(desk, stack, { name: 'Stack Update', options, context }, (name) => ({
        ...{ want: 'update', redeploy, monitorMs: defaultMonitorMs },
        definition: sameName(project, name),
      }));
    }),
    start: verb(mutationOptions, ({ stack }, options, context) => run(desk, stack, 'start', options, context)),
    stop: verb(mutationOptions, ({ stack }, options, context) => run(desk, stack, 'stop', options, context)),
    redeploy: verb(mutationOptions, ({ stack }, options, context) => run(desk, stack, 'redeploy', options, context)),
    terminate: verb([...mutationOptions, 'volumes'], ({ stack }, options, context) =>
      onStack(desk, stack, { name: 'Stack Terminate', options, context }, () => ({
        want: 'terminate',
        volumes: options.volumes ?? false,
      })),
    ),
    export: exportVerb(desk),
    ...adoptVerb(desk),
  };
}

const upOptions = [
  'services',
  'prune',
  'monitorMs',
  'resetConfig',
  'resetScale',
  'rollbackOnFailure',
  'strict',
] as const;

async function* listStacks(desk: Desk, context: CallContext): AsyncIterable<Stack> {
  for (const view of await desk.views(undefined, context)) if (!view.record.standalone) yield toStack(view);
}

async function getStack(desk: Desk, query: string, context: CallContext): Promise<StackDetail> {
  const [view] = await desk.views(query, context);
  if (view === undefined) throw new NotFoundError(`no stack ${JSON.stringify(query)}`);
  return { ...toStack(view), definition: withoutContents(view.record.definition) };
}

async function create(
  desk: Desk,
  given: Project,
  options: StackCreateOptions,
  context: CallContext,
): Promise<Mutation<Stack>> {
  const { generateName, ...rest } = options;
  const name = generateName === true ? await freeName(desk.parts, desk.principal.namespace) : given.name;
  checkName(name);
  const definition = generateName === true ? { ...given, name } : given;
  return desk.change({
    scope: desk.scope(name),
    name: 'Stack Create',
    intent: { want: 'create', definition, standalone: false },
    object: stackObject(name),
    options: rest,
    context,
    subject: () => subject(desk, name, context),
  });
}

async function up(
  desk: Desk,
  project: Project,
  options: StackUpOptions,
  context: CallContext,
): Promise<Mutation<Stack>> {
  const { services = [], monitorMs = defaultMonitorMs } = options;
  checkServices(services, Object.keys(project.services), 'the file');
  checkMonitor(monitorMs);
  const name = checkName(project.name);
  return desk.change({
    scope: desk.scope(name),
    name: 'Stack Up',
    intent: {
      want: 'up',
      definition: project,
      standalone: false,
      services: services.length === 0 ? null : services,
      prune: options.prune ?? false,
      resetConfig: options.resetConfig ?? false,
      resetScale: options.resetScale ?? false,
      rollbackOnFailure: options.rollbackOnFailure ?? false,
      fresh: false,
      monitorMs,
    },
    object: stackObject(name),
    options,
    context,
    subject: () => subject(desk, name, context),
  });
}

const runNames = { start: 'Stack Start', stop: 'Stack Stop', redeploy: 'Stack Redeploy' } as const;

function run(
  desk: Desk,
  stack: string,
  want: keyof typeof runNames,
  options: MutationOptions,
  context: CallContext,
): Promise<Mutation<Stack>> {
  return onStack(desk, stack, { name: runNames[want], options, context }, () => ({
    ...{ want, services: null, monitorMs: defaultMonitorMs },
  }));
}

interface StackCall {
  readonly name: string;
  readonly options: MutationOptions;
  readonly context: CallContext;
}

/** Changes a stack that is there. */
async function onStack(
  desk: Desk,
  query: string,
  call: StackCall,
  intent: (name: string) => Intent,
): Promise<Mutation<Stack>> {
  const { name } = await desk.findStack(query);
  return desk.change({
    ...call,
    scope: desk.scope(name),
    intent: intent(name),
    object: stackObject(name),
    subject: () => subject(desk, name, call.context),
  });
}

async function subject(desk: Desk, name: string, context: CallContext): Promise<Stack | null> {
  const view = await desk.view(name, context);
  return view === null ? null : toStack(view);
}

/** Networks and volumes were named after the project when it was read: it cannot be given another name now. */
function sameName(project: Project, name: string): Project {
  if (project.name === name) return project;
  throw new UsageError(`the definition is of ${JSON.stringify(project.name)}, not of the stack ${name}`, {
    hint: 'Nothing was changed. Read the file under the name of the stack.',
  });
}

function checkMonitor(monitorMs: number): void {
  if (monitorMs >= 0 && Number.isFinite(monitorMs)) return;
  throw new UsageError(`what runs cannot be monitored for ${monitorMs} ms`);
}

/** Stack names are part of every name that the engine makes, so that they follow Compose's rule for project names. */
export function checkName(name: string): string {
  if (/^[a-z0-9][a-z0-9_-]*$/.test(name)) return name;
  throw new InputError(`${JSON.stringify(name)} cannot be the name of a stack`, {
    hint: 'Use lower-case letters, digits, - and _, beginning with a letter or digit.',
  });
}

function stackObject(name: string): (id: string) => ActionObject {
  return (id) => ({ kind: 'stack', id, name });
}
