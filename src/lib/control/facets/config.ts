import type { ConfigureIntent } from '../../plan/intent.js';
import { configOf, limitsOf } from '../../plan/overlays.js';
import type { ActionObject, Mutation } from '../../port/actions.js';
import type { Config, ConfigFacet, ConfigTarget } from '../../port/config.js';
import type { LimitsFacet, ServiceLimits } from '../../port/limits.js';
import type { Placement, PlacementFacet } from '../../port/placement.js';
import type { StackScope } from '../../plan/resources.js';
import { type CallContext, type MutationOptions, verb } from '../../port/verb.js';
import type { StackRecord } from '../ledger.js';
import { defaultMonitorMs, type Desk, mutationOptions, present } from './desk.js';

/*
 * What verbs lay over the definition of a stack: environment, limits and placement. All three are changed by the same
 * intent, and make a release.
 */

/** Environment of stacks and services of the engine backend. */
export function configFacet(desk: Desk): ConfigFacet {
  return {
    get: verb([], async ({ target }, _options, context) => {
      const { record, service } = await locate(desk, target, context);
      return toConfig(record, service);
    }),
    set: verb([...mutationOptions, 'replace', 'redeploy', 'expect'], async (request, options, context) => {
      const { target, values, limits = {}, placement = {} } = request;
      const located = await locate(desk, target, context);
      const { replace = false, redeploy = true, expect = null, ...rest } = options;
      const intent = {
        ...unchanged,
        ...{ service: located.service, values, replace, expect, limits, placement, redeploy },
      };
      return configure(desk, located, 'Config Set', intent, { options: rest, context }, (record) =>
        toConfig(record, located.service),
      );
    }),
  };
}

/** Limits of the services of a stack. */
export function limitsFacet(desk: Desk): LimitsFacet {
  const read = ({ definition, overlays }: StackRecord): readonly ServiceLimits[] => limitsOf(definition, overlays);
  return {
    get: verb([], async ({ stack }) => read(await desk.findStack(stack))),
    set: verb(mutationOptions, async ({ stack, limits }, options, context) => {
      const located = await locate(desk, { stack }, context);
      return configure(desk, located, 'Limits Set', { ...unchanged, limits }, { options, context }, read);
    }),
  };
}

/** Which nodes may run a stack. */
export function placementFacet(desk: Desk): PlacementFacet {
  const read = ({ overlays }: StackRecord): Placement => ({ labels: overlays.placement });
  return {
    get: verb([], async ({ stack }) => read(await desk.findStack(stack))),
    set: verb(mutationOptions, async ({ stack, labels }, options, context) => {
      const located = await locate(desk, { stack }, context);
      const intent = { ...unchanged, placement: labels };
      return configure(desk, located, 'Placement Set', intent, { options, context }, read);
    }),
  };
}

const unchanged: ConfigureIntent = {
  want: 'configure',
  service: null,
  values: {},
  replace: false,
  expect: null,
  limits: {},
  placement: {},
  redeploy: true,
  monitorMs: defaultMonitorMs,
};

interface Located {
  readonly scope: StackScope;
  readonly record: StackRecord;
  /** Null for all of the stack. */
  readonly service: string | null;
  readonly object: (stackId: string) => ActionObject;
}

async function locate(desk: Desk, target: ConfigTarget, context: CallContext): Promise<Located> {
  if ('stack' in target) {
    const record = await desk.findStack(target.stack);
    const { name } = record;
    return { scope: desk.scope(name), record, service: null, object: (id) => ({ kind: 'stack', id, name }) };
  }
  const { service, scope, record } = await desk.findService(target.service, undefined, context);
  const { id, name, stack } = service;
  const qualified = stack === null ? name : `${name}.${stack}`;
  return { scope, record, service: name, object: () => ({ kind: 'service', id, name: qualified }) };
}

function toConfig({ definition, overlays, release }: StackRecord, service: string | null): Config {
  return { variables: configOf(definition, overlays, service), release };
}

function configure<T>(
  desk: Desk,
  { scope, object }: Located,
  name: string,
  intent: ConfigureIntent,
  call: { readonly options: MutationOptions; readonly context: CallContext },
  read: (record: StackRecord) => T,
): Promise<Mutation<T>> {
  return desk.change({
    ...call,
    ...{ scope, name, intent, object },
    subject: async () => read(present(await desk.parts.ledger.get(scope), scope.stack)),
  });
}
