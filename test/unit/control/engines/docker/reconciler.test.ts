import { expect, it } from 'vitest';
import { placementOn } from '../../../../../src/lib/control/engines/docker/placement.js';
import { Reconciler } from '../../../../../src/lib/control/engines/docker/reconciler.js';
import { volumeRegisters } from '../../../../../src/lib/control/engines/docker/register-volumes.js';
import type { Replica } from '../../../../../src/lib/control/engines/docker/replica.js';
import { ServiceRecords } from '../../../../../src/lib/control/engines/docker/service-records.js';
import { openFakeApi } from './open-fake.js';
import { recordOf, service } from './daemon-model.js';
import { FakeVolumes } from './ledger/fake-volumes.js';

const scope = { namespace: 'default', stack: 'shop' };

/** Up for five seconds, as far as is known. */
function replica(id: string, hash: string, given: Partial<Replica> = {}): Replica {
  const startedMs = Date.now() - 5_000;
  return {
    ...{ id, slot: 1, hash, generation: 1, state: 'running', health: null, createdMs: startedMs, startedMs },
    ...{ finishedMs: null, restarts: 0, exitCode: null, error: null, aside: false },
    ...given,
  };
}

/** A rollout from `old` to `new` whose new container has been up for longer than is monitored when it is seen. */
async function look(asked: Partial<Replica>) {
  const removed: string[] = [];
  const { api, context } = await openFakeApi({
    'POST /containers/:id/stop': () => ({ status: 304, text: '' }),
    'DELETE /containers/:id': ({ parameters }) => {
      removed.push(parameters['id'] ?? '');
      return { status: 204, text: '' };
    },
  });
  const records = new ServiceRecords(volumeRegisters(new FakeVolumes().api()));
  const rollout = { state: 'updating', message: null, startedMs: Date.now() - 6_000, failed: [] } as const;
  const record = { ...recordOf(service('new', 1)), previous: service('old', 1), rollout };
  await records.update(scope, 'web', () => record, context.signal);
  const old = replica('old', 'old', { state: 'exited', exitCode: 0, createdMs: 1, startedMs: 2, finishedMs: 3 });
  let fresh = false;
  const reconciler = new Reconciler({
    api,
    records,
    placement: placementOn({
      ...{ id: 'one', name: 'one', labels: {}, os: 'linux', architecture: 'x86_64' },
      ...{ serverVersion: '20.10', isSwarmManager: false },
    }),
    source: {
      replicas: async () => {
        const current = replica('new', 'new', fresh ? asked : {});
        return new Map([['web', removed.length > 0 ? [current] : [old, current]]]);
      },
      touch: () => {
        fresh = true;
      },
    },
    images: { ensure: () => Promise.reject(new Error('nothing is made here')) },
    contents: { read: async () => ({}) },
    namesOf: async () => [],
  });
  // The rollout ends when what is old is gone.
  for (const _ of [1, 2]) await reconciler.step(scope, ['web'], { epoch: 1 }, context);
  await reconciler.close();
  const after = await records.read(scope, 'web', context.signal);
  return { removed, rollout: after.record?.rollout };
}

it('ends a rollout by what it has asked for after the time that replicas are watched', async () => {
  const { removed, rollout } = await look({});
  expect(removed).toEqual(['old']);
  expect(rollout).toMatchObject({ state: 'completed' });
});

it('does not take a replica for one that stays up when it has ended since it was seen', async () => {
  const { removed, rollout } = await look({ state: 'exited', exitCode: 3, finishedMs: Date.now() - 4_000 });
  expect(removed).toEqual([]);
  expect(rollout).toMatchObject({ state: 'paused', message: 'replica 1 of the new version failed' });
});
