import { planScale } from '../../plan/scale.js';
import { isGlobal } from '../../plan/desired.js';
import type { Mutation } from '../../port/actions.js';
import { NotFoundError, RefusedError, UsageError } from '../../port/errors.js';
import { candidatesIn, lookup } from '../../port/lookup.js';
import type { ScaleTarget, Service, ServiceDetail, ServiceListOptions, ServicesFacet } from '../../port/services.js';
import { type CallContext, type MutationOptions, verb } from '../../port/verb.js';
import { summary, toServices } from '../views.js';
import { defaultMonitorMs, type Desk } from './desk.js';

/** Services of the engine backend: all belong to a stack. */
export function servicesFacet(desk: Desk): ServicesFacet {
  return {
    list: verb(['stack', 'state'], (_request, options, context) => listServices(desk, options, context)),
    get: verb([], ({ service }, _options, context) => desk.findService(service, undefined, context)),
    scale: verb(['wait', 'timeoutMs', 'dryRun'], ({ replicas }, options, context) =>
      scaleServices(desk, replicas, options, context),
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

async function scaleServices(
  desk: Desk,
  targets: readonly ScaleTarget[],
  options: MutationOptions,
  context: CallContext,
): Promise<Mutation<readonly Service[]>> {
  checkNumbers(targets);
  const { stack, replicas, services } = await findTargets(desk, targets, context);
  const scope = { namespace: desk.principal.namespace, stack };
  const [only, ...others] = services;
  const result = await desk.mutate({
    scope,
    name: 'Service Scale',
    options,
    context,
    plan: async () => {
      const view = await desk.view(stack, context);
      if (view === null) throw new NotFoundError(`no stack ${JSON.stringify(stack)}`);
      const { record, observed } = view;
      const unsettled = desk.unsettled(view);
      const plan = planScale({
        scope,
        definition: record.definition,
        scale: record.scale,
        observed,
        unsettled,
        targets: replicas,
        monitorMs: defaultMonitorMs,
      });
      const object =
        only !== undefined && others.length === 0
          ? { kind: 'service' as const, id: only.id, name: `${only.name}.${stack}` }
          : { kind: 'stack' as const, id: record.id, name: stack };
      return { plan, object };
    },
  });
  if (options.dryRun === true) return { subject: null, ...result };
  const after = await desk.view(stack, context);
  const subject = after === null ? [] : toServices(after).filter(({ name }) => Object.hasOwn(replicas, name));
  return { subject: subject.map(summary), ...result };
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
  readonly stack: string;
  readonly replicas: Readonly<Record<string, number>>;
  readonly services: readonly ServiceDetail[];
}

/** All targets, or none: throws before anything is changed. */
async function findTargets(desk: Desk, targets: readonly ScaleTarget[], context: CallContext): Promise<Targets> {
  const known = (await desk.views(undefined, context)).flatMap((view) =>
    toServices(view).filter((service) => Object.hasOwn(view.record.definition.services, service.name)),
  );
  const candidates = candidatesIn(known);
  const replicas = new Map<string, number>();
  const services: ServiceDetail[] = [];
  for (const target of targets) {
    const service = await lookup('service', target.service, candidates);
    if (isGlobal(service.definition)) {
      throw new RefusedError(`service ${service.name} is global: it has one replica on every node`, {
        hint: 'Nothing was changed. Set `deploy.mode: replicated` in its file to scale it.',
      });
    }
    const earlier = replicas.get(service.name);
    if (services[0] !== undefined && services[0].stack !== service.stack) {
      throw new UsageError(`${services[0].name} and ${service.name} belong to different stacks`, {
        hint: 'Nothing was changed. Scale the services of one stack at a time.',
      });
    }
    if (earlier !== undefined && earlier !== target.replicas) {
      throw new UsageError(`service ${service.name} is named twice, with ${earlier} and ${target.replicas} replicas`, {
        hint: 'Nothing was changed.',
      });
    }
    replicas.set(service.name, target.replicas);
    services.push(service);
  }
  return { stack: services[0]?.stack ?? '', replicas: Object.fromEntries(replicas), services };
}
