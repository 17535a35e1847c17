import type { Mutation } from '../port/actions.js';
import { UsageError } from '../port/errors.js';
import type { VerbOf } from '../port/gate.js';
import type { Service } from '../port/services.js';
import type { StackUpdateOptions } from '../port/stacks.js';
import type { CallContext } from '../port/verb.js';
import { findAll, inOrder } from './in-order.js';
import { variablesOf, type VariableFlags } from './new-service.js';
import type { Runtime } from './runtime.js';
import { serviceChanges, type ServiceFlags } from './service-definition.js';

/** What a command gives for it. */
interface Means {
  readonly runtime: Runtime;
  readonly call: CallContext;
  readonly get: () => Promise<VerbOf<'services', 'get'>>;
  readonly update: () => Promise<VerbOf<'services', 'update'>>;
  readonly warn: (text: string) => Promise<void>;
}

/**
 * Changes attributes of services, one service after the other. All are looked up, and all words read, before the first.
 *
 * @throws UsageError for a wrong word, or when no attribute was given.
 */
export async function changeServices(
  names: readonly string[],
  flags: ServiceFlags & VariableFlags,
  options: StackUpdateOptions,
  means: Means,
): Promise<readonly Mutation<Service>[]> {
  const { runtime, call } = means;
  const variables = await variablesOf(flags, runtime);
  if (Object.keys(serviceChanges(flags, variables, {})).length === 0) {
    throw new UsageError('there is nothing to change', {
      hint: 'Name an attribute: see `berth service set --help`. To replace what runs: `berth service redeploy`.',
    });
  }
  const get = await means.get();
  const services = await findAll('service', names, (service) => get({ service }, {}, call));
  const update = await means.update();
  return inOrder(
    services,
    ({ id, definition, stored }) => {
      // What verbs laid over the definition must not become part of it.
      const changes = serviceChanges(flags, variables, stored ?? definition);
      return update({ service: id, changes }, options, call);
    },
    means.warn,
  );
}
