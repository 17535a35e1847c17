import { join } from 'node:path';
import type { NewAction, SavedPlan } from '../../../../src/lib/control/actions/records.js';
import type { Intent } from '../../../../src/lib/plan/intent.js';
import type { Step } from '../../../../src/lib/plan/steps.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

export const step: Step = {
  id: 'create service web',
  operation: 'create',
  kind: 'service',
  name: 'web',
  reasons: ['new'],
  wave: 1,
  body: {
    do: 'apply',
    resource: {
      kind: 'service',
      namespace: 'ann',
      stack: 'shop',
      name: 'web',
      replicas: 2,
      definition: { image: 'web:1', environment: { A: null } },
      hash: 'h',
      generation: 1,
      completes: true,
    },
  },
};
const intent: Intent = { want: 'scale', replicas: { web: 2 }, monitorMs: 500 };

/** What is saved of a plan of these steps. */
export function saved(steps: readonly Step[], wayBack: readonly Step[] | null = null): SavedPlan {
  return { steps, wayBack, stackId: 'id-1' };
}

export function action(id: string, rest: Partial<NewAction> = {}): NewAction {
  const object = { kind: 'stack', id: 'id-1', name: 'shop' } as const;
  return { id, namespace: 'ann', name: 'Stack Up', object, stack: 'shop', user: 'ann', leaseEpoch: 7, intent, ...rest };
}

export async function openActions(
  processes = new FakeProcesses(processNamed(1)),
  path = join(temporaryFolder(), 'berth.db'),
) {
  const store = await openTemporaryStore({ processes, path });
  return { actions: store.actions('sandbox'), store, processes, path };
}
