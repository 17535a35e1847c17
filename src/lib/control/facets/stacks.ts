import type { Project } from '../../compose/project.js';
import { planTerminate } from '../../plan/terminate.js';
import { planCreate, planUp } from '../../plan/up.js';
import type { ActionObject, Mutation } from '../../port/actions.js';
import { ConflictError, InputError, NotFoundError, UsageError } from '../../port/errors.js';
import { nearest } from '../../text/nearest.js';
import type { Stack, StackDetail, StacksFacet, StackTerminateOptions, StackUpOptions } from '../../port/stacks.js';
import { type CallContext, verb } from '../../port/verb.js';
import type { StackScope } from '../../plan/resources.js';
import { toStack } from '../views.js';
import { defaultMonitorMs, type Desk } from './desk.js';

/** Stacks of the engine backend. */
export function stacksFacet(desk: Desk): StacksFacet {
  return {
    list: verb([], (_request, _options, context) => listStacks(desk, context)),
    get: verb([], ({ stack }, _options, context) => getStack(desk, stack, context)),
    create: verb(['dryRun'], ({ project }, options, context) => createStack(desk, project, options, context)),
    up: verb(['services', 'prune', 'monitorMs', 'wait', 'timeoutMs', 'dryRun'], ({ project }, options, context) =>
      bringUp(desk, project, options, context),
    ),
    terminate: verb(['volumes', 'wait', 'timeoutMs', 'dryRun'], ({ stack }, options, context) =>
      terminate(desk, stack, options, context),
    ),
  };
}

async function* listStacks(desk: Desk, context: CallContext): AsyncIterable<Stack> {
  for (const view of await desk.views(undefined, context)) yield toStack(view);
}

async function getStack(desk: Desk, query: string, context: CallContext): Promise<StackDetail> {
  const [view] = await desk.views(query, context);
  if (view === undefined) throw new NotFoundError(`no stack ${JSON.stringify(query)}`);
  return { ...toStack(view), definition: view.record.definition };
}

async function createStack(
  desk: Desk,
  project: Project,
  options: { readonly dryRun?: boolean },
  context: CallContext,
): Promise<Mutation<Stack>> {
  const scope = scopeOf(desk, project);
  const result = await desk.mutate({
    scope,
    name: 'Stack Create',
    options,
    context,
    plan: async () => {
      await desk.parts.engine.check(project, context);
      const there = await desk.parts.ledger.get(scope);
      if (there !== null) {
        throw new ConflictError(`there is a stack ${JSON.stringify(project.name)} already`, {
          hint: `Nothing was changed. Change it with \`berth stack up\`, or choose another name.`,
        });
      }
      const id = desk.parts.randomUuid();
      return { plan: planCreate(project, id), object: stackObject(project.name, id) };
    },
  });
  return withSubject(desk, project.name, result, options, context);
}

async function bringUp(
  desk: Desk,
  project: Project,
  options: StackUpOptions,
  context: CallContext,
): Promise<Mutation<Stack>> {
  checkServices(project, options.services ?? []);
  checkMonitor(options.monitorMs);
  const scope = scopeOf(desk, project);
  const { engine, ledger } = desk.parts;
  const result = await desk.mutate({
    scope,
    name: 'Stack Up',
    options,
    context,
    plan: async () => {
      await engine.check(project, context);
      const record = await ledger.get(scope);
      const id = record?.id ?? desk.parts.randomUuid();
      const observed = await engine.observe(scope, context);
      const tasks = await engine.tasks(scope, context);
      const plan = planUp({
        scope,
        id,
        desired: project,
        scale: record?.scale ?? {},
        stored: record === null || record.terminating ? null : record.definition,
        applied: record?.applied ?? {},
        observed,
        unsettled: desk.unsettled({ observed, tasks }),
        fulfilled: desk.fulfilled({ observed, tasks }),
        services: options.services === undefined || options.services.length === 0 ? undefined : options.services,
        prune: options.prune ?? false,
        monitorMs: options.monitorMs ?? defaultMonitorMs,
      });
      return { plan, object: stackObject(project.name, id) };
    },
  });
  return withSubject(desk, project.name, result, options, context);
}

async function terminate(
  desk: Desk,
  query: string,
  options: StackTerminateOptions,
  context: CallContext,
): Promise<Mutation<Stack>> {
  const { name, id } = await desk.findStack(query);
  const scope: StackScope = { namespace: desk.principal.namespace, stack: name };
  const result = await desk.mutate({
    scope,
    name: 'Stack Terminate',
    options,
    context,
    plan: async () => {
      const record = await desk.parts.ledger.get(scope);
      const observed = await desk.parts.engine.observe(scope, context);
      // Somebody else may have terminated it while this call waited for the lock: then nothing is left to do.
      const plan =
        record === null
          ? { steps: [], notes: [] }
          : planTerminate({ scope, stored: record.definition, observed, volumes: options.volumes ?? false });
      return { plan, object: stackObject(name, id) };
    },
  });
  return withSubject(desk, name, result, options, context);
}

function checkMonitor(monitorMs = 0): void {
  if (monitorMs >= 0 && Number.isFinite(monitorMs)) return;
  throw new UsageError(`what runs cannot be monitored for ${monitorMs} ms`);
}

/** Stack names are part of every name that the engine makes, so that they follow Compose's rule for project names. */
function scopeOf(desk: Desk, project: Project): StackScope {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(project.name)) {
    throw new InputError(`${JSON.stringify(project.name)} cannot be the name of a stack`, {
      hint: 'Use lower-case letters, digits, - and _, beginning with a letter or digit.',
    });
  }
  return { namespace: desk.principal.namespace, stack: project.name };
}

function checkServices(project: Project, names: readonly string[]): void {
  const known = Object.keys(project.services);
  for (const name of names) {
    if (known.includes(name)) continue;
    const suggestion = nearest(name, known);
    throw new NotFoundError(`no service ${JSON.stringify(name)} in the file`, {
      hint: suggestion === undefined ? `It has: ${known.sort().join(', ')}.` : `Did you mean ${suggestion}?`,
    });
  }
}

function stackObject(name: string, id: string): ActionObject {
  return { kind: 'stack', id, name };
}

async function withSubject(
  desk: Desk,
  name: string,
  result: Pick<Mutation<Stack>, 'action' | 'plan'>,
  { dryRun }: { readonly dryRun?: boolean },
  context: CallContext,
): Promise<Mutation<Stack>> {
  const view = dryRun === true ? null : await desk.view(name, context);
  return { subject: view === null ? null : toStack(view), ...result };
}
