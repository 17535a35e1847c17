import { describe, expect, test, type TestContext } from 'vitest';
import type { Backend } from '../../../src/lib/port/backend.js';
import { call, collect, need, openWorld } from '../harness.js';
import { shop } from '../projects.js';
import { alice, bob, type Subject } from '../subject.js';

/** Two namespaces of one world see nothing of each other. */
export function isolationContract(subject: Subject): void {
  describe('namespaces', () => {
    test('hold stacks of the same name, and neither sees, changes or ends what the other has', async (context) => {
      const world = await openWorld(context, subject);
      const [hers, his] = [await world.backend(alice), await world.backend(bob)];
      const project = await shop(subject.images);
      const mine = await need(context, hers, 'stacks', 'up')({ project }, {}, call());
      expect(await everything(context, his)).toEqual({ stacks: [], services: [], containers: [], actions: [] });

      const smaller = await shop(subject.images, { name: 'shop', withoutWorker: true });
      // Namespaces share the ports of the nodes, so his has no web.
      const other = { ...smaller, services: { ...smaller.services } };
      delete other.services.web;
      const yours = await need(context, his, 'stacks', 'up')({ project: other }, {}, call());
      expect(yours.subject).toMatchObject({ name: 'shop', namespace: bob.namespace, services: ['db'] });
      expect(mine.subject).toMatchObject({ namespace: alice.namespace });
      const [all, theirs] = [await everything(context, hers), await everything(context, his)];
      for (const facet of ['stacks', 'services', 'containers', 'actions'] as const) {
        expect(theirs[facet], facet).toHaveLength(1);
        expect(all[facet].filter((id) => theirs[facet].includes(id))).toEqual([]);
      }
      await refused(context, his, all);

      await need(context, his, 'stacks', 'terminate')({ stack: 'shop' }, {}, call());
      expect(await everything(context, hers)).toEqual(all);
    });
  });
}

async function everything(
  context: TestContext,
  backend: Backend,
): Promise<Record<'stacks' | 'services' | 'containers' | 'actions', string[]>> {
  const ids = async (items: AsyncIterable<{ readonly id: string }>): Promise<string[]> =>
    (await collect(items)).map(({ id }) => id);
  return {
    stacks: await ids(need(context, backend, 'stacks', 'list')({}, {}, call())),
    services: await ids(need(context, backend, 'services', 'list')({}, {}, call())),
    containers: await ids(need(context, backend, 'containers', 'list')({}, { all: true }, call())),
    actions: await ids(need(context, backend, 'actions', 'list')({}, {}, call())),
  };
}

/** Ids of somebody else's things are not found. */
async function refused(
  context: TestContext,
  backend: Backend,
  ids: Awaited<ReturnType<typeof everything>>,
): Promise<void> {
  const [stack = '', service = '', container = '', action = ''] = [
    ids.stacks[0],
    ids.services[0],
    ids.containers[0],
    ids.actions[0],
  ];
  const calls = [
    need(context, backend, 'stacks', 'get')({ stack }, {}, call()),
    need(context, backend, 'stacks', 'terminate')({ stack }, {}, call()),
    need(context, backend, 'services', 'get')({ service }, {}, call()),
    need(context, backend, 'services', 'scale')({ replicas: [{ service, replicas: 0 }] }, {}, call()),
    need(context, backend, 'services', 'redeploy')({ service }, {}, call()),
    need(context, backend, 'containers', 'get')({ container }, {}, call()),
    need(context, backend, 'containers', 'kill')({ container }, {}, call()),
    need(context, backend, 'config', 'get')({ target: { service } }, {}, call()),
    need(context, backend, 'actions', 'get')({ action }, {}, call()),
    need(context, backend, 'actions', 'retry')({ action }, {}, call()),
    collect(need(context, backend, 'releases', 'list')({ stack }, {}, call())),
    collect(need(context, backend, 'actions', 'logs')({ action }, {}, call())),
    collect(need(context, backend, 'logs', 'read')({ container }, {}, call())),
  ];
  const outcomes = await Promise.allSettled(calls);
  const notFound = { status: 'rejected', reason: expect.objectContaining({ code: 'not_found' }) };
  expect(outcomes).toEqual(calls.map(() => notFound));
}
