import type { StackScope } from '../../../plan/resources.js';
import type { CallContext } from '../../../port/verb.js';
import type { EngineApi } from '../engine-api/api.js';
import type { EngineEvent } from '../engine.js';
import { readEvents } from './events.js';
import { readRecord } from './record.js';
import type { Registers } from './registers.js';

/** Events of everything that berth has on the daemon, what it has taken over among it. */
export async function* readEventsOf(
  { api, registers }: { readonly api: EngineApi; readonly registers: Registers },
  after: string | null,
  options: { readonly follow: boolean },
  context: CallContext,
): AsyncGenerator<EngineEvent> {
  const taken = new Map<string, StackScope & { readonly name: string }>();
  for (const { value } of await registers.list({ kind: 'service' }, context.signal)) {
    const { service, adopted } = readRecord(value);
    const { namespace, stack, name } = service;
    for (const [id, slot] of Object.entries(adopted?.slots ?? {})) {
      taken.set(id, { namespace, stack, name: `${name}-${slot}` });
    }
  }
  const stacks = async (signal: AbortSignal): Promise<StackScope[]> =>
    (await registers.list({ kind: 'stack' }, signal)).map(({ key: { namespace, stack } }) => ({ namespace, stack }));
  yield* readEvents({ api, stacks, adopted: (id) => taken.get(id) ?? null }, after, options, context);
}
