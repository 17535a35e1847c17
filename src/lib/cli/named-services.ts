import { UsageError } from '../port/errors.js';
import type { VerbOf } from '../port/gate.js';
import type { ServiceDetail } from '../port/services.js';
import type { CallContext } from '../port/verb.js';

/**
 * The services that words mean, all looked up before anything is changed.
 *
 * @throws NotFoundError, AmbiguousError, or UsageError for one that is named twice.
 */
export async function namedServices(
  names: readonly string[],
  get: VerbOf<'services', 'get'>,
  call: CallContext,
): Promise<readonly ServiceDetail[]> {
  const found = new Map<string, ServiceDetail>();
  for (const name of names) {
    const service = await get({ service: name }, {}, call);
    if (found.has(service.id)) throw new UsageError(`the service ${service.name} is named twice`);
    found.set(service.id, service);
  }
  return [...found.values()];
}
