import { describe, expect, test, type TestContext } from 'vitest';
import type { Backend } from '../../../src/lib/port/backend.js';
import { call, collect, need, openBackend, sharedBackend } from '../harness.js';
import { standing } from '../looks.js';
import { noun, nouns } from '../nouns.js';
import { shop, single } from '../projects.js';
import type { Subject } from '../subject.js';

export function servicesContract(subject: Subject): void {
  describe('services', () => {
    readingContract(subject);
    scaleContract(subject);
    overlayContract(subject);
  });
}

function readingContract(subject: Subject): void {
  describe('of two stacks', () => {
    const shared = sharedBackend(subject, async (backend) => {
      await backend.facets.stacks?.up?.({ project: await shop(subject.images) }, {}, call());
      await backend.facets.stacks?.create?.({ project: await shop(subject.images, { name: 'annex' }) }, {}, call());
    });

    test('list gives them by stack and name', async (context) => {
      const list = need(context, shared(), 'services', 'list');
      const services = await nouns('service', list({}, {}, call()));
      expect(services.map(({ stack, name, state }) => [stack, name, state])).toEqual([
        ['annex', 'db', 'Not running'],
        ['annex', 'web', 'Not running'],
        ['annex', 'worker', 'Not running'],
        ['shop', 'db', 'Running'],
        ['shop', 'web', 'Running'],
        ['shop', 'worker', 'Running'],
      ]);
      expect(new Set(services.map(({ id }) => id)).size).toBe(6);
      expect(await collect(list({}, {}, call()))).toEqual(services);
    });

    test('list filters by stack (name or id) and by state', async (context) => {
      const list = need(context, shared(), 'services', 'list', { stack: 'shop', state: 'Running' });
      const names = async (options: Parameters<typeof list>[1]): Promise<string[]> =>
        (await collect(list({}, options, call()))).map(({ name, stack }) => `${name}.${stack ?? ''}`);
      const ofShop = ['db.shop', 'web.shop', 'worker.shop'];
      expect(await names({ stack: 'shop' })).toEqual(ofShop);
      const [stack] = await collect(need(context, shared(), 'stacks', 'list')({}, {}, call()));
      expect(await names({ stack: stack?.id ?? '' })).toEqual(['db.annex', 'web.annex', 'worker.annex']);
      expect(await names({ state: 'Running' })).toEqual(ofShop);
      expect(await names({ stack: 'annex', state: 'Running' })).toEqual([]);
      await expect(names({ stack: 'nowhere' })).rejects.toMatchObject({ code: 'not_found' });
    });

    test('get gives the service with its definition', async (context) => {
      const get = need(context, shared(), 'services', 'get');
      const web = noun('serviceDetail', await get({ service: 'web.shop' }, {}, call()));
      const project = await shop(subject.images);
      expect(web).toMatchObject({
        name: 'web',
        stack: 'shop',
        image: subject.images.steady,
        replicas: { desired: 2, running: 2 },
        ports: [{ target: 80, published: expect.any(Number), hostIp: null, protocol: 'tcp' }],
        definedReplicas: 2,
        synchronized: true,
      });
      expect(web.definition).toEqual(project.services.web);
    });
  });
}

async function bringUp(context: TestContext, subject: Subject): Promise<Backend> {
  const backend = await openBackend(context, subject);
  await backend.facets.stacks?.up?.({ project: await shop(subject.images) }, {}, call());
  return backend;
}

function scaleContract(subject: Subject): void {
  test('scale sets the replicas of several services, up, down and to none', async (context) => {
    const backend = await bringUp(context, subject);
    const scale = need(context, backend, 'services', 'scale');
    const list = need(context, backend, 'containers', 'list');
    const before = await collect(list({}, {}, call()));
    const targets = [
      { service: 'web', replicas: 4 },
      { service: 'worker.shop', replicas: 0 },
    ];
    const scaled = noun('servicesMutation', await scale({ replicas: targets }, {}, call()));
    expect(scaled.subject?.map(({ name, replicas: { desired } }) => [name, desired])).toEqual([
      ['web', 4],
      ['worker', 0],
    ]);
    expect(scaled.action).toMatchObject({ state: 'Success' });
    expect(await standing(context, backend)).toEqual({ db: 'Running 1/1', web: 'Running 4/4', worker: 'Stopped 0/0' });
    const after = await collect(list({}, {}, call()));
    expect(after.map(({ name }) => name)).toEqual(['db-1', 'web-1', 'web-2', 'web-3', 'web-4']);
    const kept = before.filter(({ service }) => service !== 'worker').map(({ id }) => id);
    expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining(kept));

    await scale({ replicas: [{ service: 'web', replicas: 1 }] }, {}, call());
    expect((await collect(list({}, {}, call()))).map(({ name }) => name)).toEqual(['db-1', 'web-1']);
    expect(await standing(context, backend)).toMatchObject({ web: 'Running 1/1', worker: 'Stopped 0/0' });
  });

  test('scale to what was set already plans nothing', async (context) => {
    const backend = await bringUp(context, subject);
    const scale = need(context, backend, 'services', 'scale');
    await scale({ replicas: [{ service: 'web', replicas: 2 }] }, {}, call());
    const same = noun('servicesMutation', await scale({ replicas: [{ service: 'web', replicas: 2 }] }, {}, call()));
    expect(same).toMatchObject({ action: null, plan: [], subject: [{ name: 'web' }] });
  });

  test('scale is all or nothing: a wrong name or number changes no service', async (context) => {
    const backend = await bringUp(context, subject);
    const scale = need(context, backend, 'services', 'scale');
    const before = await standing(context, backend);
    const attempt = (service: string, count: number): Promise<unknown> =>
      scale(
        {
          replicas: [
            { service: 'worker', replicas: 5 },
            { service, replicas: count },
          ],
        },
        {},
        call(),
      );
    await expect(attempt('wep', 1)).rejects.toMatchObject({ code: 'not_found' });
    for (const count of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e21]) {
      await expect(attempt('web', count), String(count)).rejects.toMatchObject({ code: 'usage' });
    }
    await expect(scale({ replicas: [] }, {}, call())).rejects.toMatchObject({ code: 'usage' });
    expect(await standing(context, backend)).toEqual(before);
    expect(await collect(need(context, backend, 'actions', 'list')({}, {}, call()))).toHaveLength(1);
  });

  test('scale with dryRun changes nothing and plans what scale then does', async (context) => {
    const backend = await bringUp(context, subject);
    const scale = need(context, backend, 'services', 'scale', { dryRun: true });
    const before = await standing(context, backend);
    const target = { replicas: [{ service: 'web', replicas: 3 }] };
    const planned = noun('servicesMutation', await scale(target, { dryRun: true }, call()));
    expect(planned).toMatchObject({ subject: null, action: null });
    expect(await standing(context, backend)).toEqual(before);
    expect((await scale(target, {}, call())).plan).toEqual(planned.plan);
  });
}

function overlayContract(subject: Subject): void {
  test('the number set by scale is kept over later ups, of the same file and of a changed one', async (context) => {
    const backend = await bringUp(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    await need(context, backend, 'services', 'scale')({ replicas: [{ service: 'web', replicas: 3 }] }, {}, call());
    const same = await up({ project: await shop(subject.images) }, {}, call());
    expect(same.plan).toEqual([]);
    const changed = await up({ project: await shop(subject.images, { web: subject.images.newer }) }, {}, call());
    expect(changed.subject).toMatchObject({ state: 'Running', synchronized: true });
    const web = noun('serviceDetail', await need(context, backend, 'services', 'get')({ service: 'web' }, {}, call()));
    expect(web).toMatchObject({
      image: subject.images.newer,
      replicas: { desired: 3, running: 3 },
      definedReplicas: 2,
      synchronized: true,
    });
    const stack = await need(context, backend, 'stacks', 'get')({ stack: 'shop' }, {}, call());
    expect(stack.definition.services.web?.deploy?.replicas).toBe(2);
  });

  test('scale of what does not run yet counts when it is brought up', async (context) => {
    const backend = await openBackend(context, subject);
    const project = await single('solo', subject.images.steady);
    await need(context, backend, 'stacks', 'create')({ project }, {}, call());
    const scale = need(context, backend, 'services', 'scale');
    await scale({ replicas: [{ service: 'app', replicas: 2 }] }, {}, call());
    expect(await standing(context, backend)).toEqual({ app: 'Not running 0/2' });
    await need(context, backend, 'stacks', 'up')({ project }, {}, call());
    expect(await standing(context, backend)).toEqual({ app: 'Running 2/2' });
  });

  test('what scale laid over a stack goes with it', async (context) => {
    const backend = await bringUp(context, subject);
    await need(context, backend, 'services', 'scale')({ replicas: [{ service: 'web', replicas: 3 }] }, {}, call());
    await need(context, backend, 'stacks', 'terminate')({ stack: 'shop' }, {}, call());
    await need(context, backend, 'stacks', 'up')({ project: await shop(subject.images) }, {}, call());
    expect(await standing(context, backend)).toMatchObject({ web: 'Running 2/2' });
  });
}
