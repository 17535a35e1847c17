import { describe, expect, test } from 'vitest';
import { call, collect, need, openBackend, sharedBackend } from '../harness.js';
import { noun, nouns } from '../nouns.js';
import { shop } from '../projects.js';
import type { Subject } from '../subject.js';

export function containersContract(subject: Subject): void {
  describe('containers', () => {
    const shared = sharedBackend(subject, async (backend) => {
      await backend.facets.stacks?.up?.({ project: await shop(subject.images) }, {}, call());
      const annex = await shop(subject.images, { name: 'annex', withoutWorker: true });
      await backend.facets.stacks?.up?.({ project: annex }, {}, call());
    });

    test('list gives a row a replica, by stack, service and slot', async (context) => {
      const list = need(context, shared(), 'containers', 'list');
      const containers = await nouns('container', list({}, {}, call()));
      expect(containers.map(({ stack, name }) => `${stack ?? ''} ${name}`)).toEqual([
        'annex db-1',
        'annex web-1',
        'annex web-2',
        'shop db-1',
        'shop web-1',
        'shop web-2',
        'shop worker-1',
      ]);
      expect(new Set(containers.map(({ id }) => id)).size).toBe(7);
      for (const container of containers) {
        expect(container).toMatchObject({
          name: expect.stringMatching(new RegExp(`^${container.service}-\\d+$`)),
          namespace: shared().principal.namespace,
          state: 'Running',
          health: container.service === 'db' ? 'healthy' : null,
          command: container.service === 'worker' ? 'work --fast' : null,
          exitCode: null,
          restarts: 0,
          node: expect.any(String),
          ports: container.service === 'web' ? [{ target: 80, hostIp: null, protocol: 'tcp' }] : [],
          stoppedAt: null,
        });
        expect(Date.parse(container.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(container.createdAt));
      }
      expect(await collect(list({}, {}, call()))).toEqual(containers);
    });

    test('list filters by stack, service and state', async (context) => {
      const list = need(context, shared(), 'containers', 'list', { stack: 'shop', service: 'web', state: 'Running' });
      const names = async (options: Parameters<typeof list>[1]): Promise<string[]> =>
        (await collect(list({}, options, call()))).map(({ name, stack }) => `${name}.${stack ?? ''}`);
      expect(await names({ stack: 'annex' })).toEqual(['db-1.annex', 'web-1.annex', 'web-2.annex']);
      expect(await names({ service: 'web.shop' })).toEqual(['web-1.shop', 'web-2.shop']);
      expect(await names({ service: 'worker' })).toEqual(['worker-1.shop']);
      expect(await names({ service: 'db', stack: 'annex' })).toEqual(['db-1.annex']);
      expect(await names({ state: 'Running' })).toHaveLength(7);
      expect(await names({ state: 'Stopped' })).toEqual([]);
      const service = await need(context, shared(), 'services', 'get')({ service: 'web.annex' }, {}, call());
      expect(await names({ service: service.id })).toEqual(['web-1.annex', 'web-2.annex']);
      await expect(names({ stack: 'nowhere' })).rejects.toMatchObject({ code: 'not_found' });
      await expect(names({ service: 'nothing' })).rejects.toMatchObject({ code: 'not_found' });
      await expect(names({ service: 'web' })).rejects.toMatchObject({ code: 'ambiguous' });
    });

    test('get gives what list gives', async (context) => {
      const get = need(context, shared(), 'containers', 'get');
      const listed = await collect(need(context, shared(), 'containers', 'list')({}, {}, call()));
      const [first] = listed;
      const found = noun('containerDetail', await get({ container: first?.id ?? '' }, {}, call()));
      expect(found).toMatchObject(first ?? {});
    });

    test('list with all adds those that were replaced', async (context) => {
      const backend = await openBackend(context, subject);
      const up = need(context, backend, 'stacks', 'up');
      const list = need(context, backend, 'containers', 'list', { all: true });
      await up({ project: await shop(subject.images) }, {}, call());
      const before = await collect(list({}, { service: 'web' }, call()));
      await up({ project: await shop(subject.images, { web: subject.images.newer }) }, {}, call());
      const present = await nouns('container', list({}, { service: 'web' }, call()));
      const all = await nouns('container', list({}, { service: 'web', all: true }, call()));
      expect(present.map(({ image }) => image)).toEqual(Array(2).fill(subject.images.newer));
      expect(all.filter(({ id }) => present.some((other) => other.id === id))).toEqual(present);
      const replaced = all.filter(({ id }) => before.some((other) => other.id === id));
      expect(replaced).toHaveLength(subject.keepsReplaced ? 2 : 0);
      for (const container of replaced) {
        expect(['Stopped', 'Terminated']).toContain(container.state);
        expect(container.stoppedAt).not.toBeNull();
      }
    });
  });
}
