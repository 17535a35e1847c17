import { describe, expect, test } from 'vitest';
import type { Project } from '../../../src/lib/compose/project.js';
import { all, type Bench, newestLog, openBench } from './open-backend.js';

const shop: Project = {
  name: 'shop',
  services: {
    agent: { image: 'agent:1', deploy: { mode: 'global' } },
    web: {
      image: 'web:1',
      deploy: { replicas: 2 },
      ports: [
        { target: 80, published: '8080' },
        { target: 53, protocol: 'udp' },
      ],
    },
    worker: { image: 'worker:1', expose: ['9000'] },
  },
};

async function deployed(): Promise<Bench> {
  const bench = await openBench();
  await bench.verb('stacks', 'up')({ project: shop }, {}, bench.context);
  bench.engine.calls.length = 0;
  return bench;
}

/** What `up` of the same file would do: nothing, where no replicas were set. */
async function nextUp(bench: Bench) {
  return (await bench.verb('stacks', 'up')({ project: shop }, { dryRun: true }, bench.context)).plan;
}

function scale(bench: Bench, replicas: Readonly<Record<string, number>>, options = {}) {
  const targets = Object.entries(replicas).map(([service, count]) => ({ service, replicas: count }));
  return bench.verb('services', 'scale')({ replicas: targets }, options, bench.context);
}

describe('service scale', () => {
  test('sets replicas, keeps them over the next up, and says so', async () => {
    const bench = await deployed();
    const { subject, action } = await scale(bench, { 'web.shop': 3, worker: 2 });
    expect(subject).toMatchObject([
      { name: 'web', replicas: { desired: 3, running: 3 }, state: 'Running', synchronized: true },
      { name: 'worker', replicas: { desired: 2, running: 2 } },
    ]);
    expect(action).toMatchObject({ name: 'Service Scale', state: 'Success', object: { kind: 'stack', name: 'shop' } });
    expect(await newestLog(bench)).toContain('scale service web (image web:1, 3 replicas): replicas: 2 -> 3');

    const up = bench.verb('stacks', 'up');
    expect((await up({ project: shop }, {}, bench.context)).plan).toEqual([]);
    const changed = { ...shop, services: { ...shop.services, web: { ...shop.services['web'], image: 'web:2' } } };
    const { plan } = await up({ project: changed }, {}, bench.context);
    expect(plan[1]?.reasons).toContain('replicas: 3 (scaled by hand, the file says 2)');
    expect(await bench.verb('services', 'get')({ service: 'web' }, {}, bench.context)).toMatchObject({
      replicas: { desired: 3, running: 3 },
      definedReplicas: 2,
      definition: { image: 'web:2', deploy: { replicas: 3 } },
    });
  });

  test('of one service is an action of that service', async () => {
    const bench = await deployed();
    const { action, subject } = await scale(bench, { web: 0 });
    expect(action?.object).toMatchObject({ kind: 'service', name: 'web.shop', id: subject?.[0]?.id });
    expect(subject?.[0]).toMatchObject({ state: 'Stopped', replicas: { desired: 0, running: 0 } });
  });

  test('to what the file says is kept when the file changes; to what was set already does nothing', async () => {
    const bench = await deployed();
    expect(await scale(bench, { web: 2 })).toMatchObject({
      action: { state: 'Success' },
      plan: [{ operation: 'store' }],
    });
    expect(bench.engine.calls).toEqual([]);
    expect(await scale(bench, { web: 2 })).toMatchObject({ action: null, plan: [] });
    const more = { ...shop.services['web'], deploy: { replicas: 5 } };
    const project = { ...shop, services: { ...shop.services, web: more } };
    await bench.verb('stacks', 'up')({ project }, {}, bench.context);
    expect(await bench.verb('services', 'get')({ service: 'web' }, {}, bench.context)).toMatchObject({
      replicas: { desired: 2, running: 2 },
      definedReplicas: 5,
    });
  });

  test('as a dry run changes nothing', async () => {
    const bench = await deployed();
    expect((await scale(bench, { web: 3 }, { dryRun: true })).plan.map(({ id }) => id)).toContain('scale service web');
    expect(await nextUp(bench)).toEqual([]);
    expect(bench.engine.calls).toEqual([]);
  });

  test.each([
    ['an unknown service', { web: 3, wrker: 2 }, { code: 'not_found', hint: 'Did you mean worker?' }],
    [
      'a negative number',
      { web: 3, worker: -1 },
      { code: 'usage', message: expect.stringContaining('replicas of worker must be a whole number') },
    ],
    ['a number that is not whole', { web: 1.5 }, { code: 'usage' }],
    ['no number', { web: Number.NaN }, { code: 'usage' }],
    [
      'a global service',
      { web: 3, agent: 2 },
      { code: 'refused', message: expect.stringContaining('agent is global') },
    ],
    ['nothing', {}, { code: 'usage' }],
    ['one service under two names', { web: 3, 'web.shop': 4 }, { code: 'usage' }],
  ])('of %s is refused, and nothing is changed', async (_name, replicas, error) => {
    const bench = await deployed();
    await expect(scale(bench, replicas)).rejects.toMatchObject(error);
    expect(bench.engine.calls).toEqual([]);
    expect(await all(bench.verb('actions', 'list')({}, {}, bench.context))).toHaveLength(1);
    expect(await nextUp(bench)).toEqual([]);
  });

  test('of services of two stacks is refused', async () => {
    const bench = await deployed();
    await bench.verb('stacks', 'up')({ project: { ...shop, name: 'other' } }, {}, bench.context);
    await expect(scale(bench, { 'web.shop': 3, 'web.other': 3 })).rejects.toMatchObject({ code: 'usage' });
    await expect(scale(bench, { web: 3 })).rejects.toMatchObject({
      code: 'ambiguous',
      hint: 'Use one of: web.other, web.shop.',
    });
  });
});

describe('services, containers and logs', () => {
  test('services are listed by name, with their ports', async () => {
    const bench = await deployed();
    const services = await all(bench.verb('services', 'list')({}, { stack: 'shop' }, bench.context));
    expect(services.map(({ name }) => name)).toEqual(['agent', 'web', 'worker']);
    expect(services[1]?.ports).toEqual([
      { target: 80, published: 8080, hostIp: null, protocol: 'tcp' },
      { target: 53, published: null, hostIp: null, protocol: 'udp' },
    ]);
    expect(services[2]?.ports).toEqual([{ target: 9000, published: null, hostIp: null, protocol: 'tcp' }]);
    expect(services.every((service) => !('definition' in service))).toBe(true);
    expect(await all(bench.verb('services', 'list')({}, { state: 'Stopped' }, bench.context))).toEqual([]);
    expect(new Set(services.map(({ id }) => id)).size).toBe(3);
  });

  test('a service is found by id, prefix, name and name.stack', async () => {
    const bench = await deployed();
    const get = bench.verb('services', 'get');
    const { id } = await get({ service: 'web.shop' }, {}, bench.context);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const service of ['web', id, id.slice(0, 10)]) expect((await get({ service }, {}, bench.context)).id).toBe(id);
  });

  test('containers are listed and found, without what is not theirs to show', async () => {
    const bench = await deployed();
    const list = bench.verb('containers', 'list');
    const containers = await all(list({}, { service: 'web', stack: 'shop' }, bench.context));
    expect(containers.map(({ name }) => name)).toEqual(['web-1', 'web-2']);
    expect(Object.keys(containers[0] ?? {})).not.toContain('hash');
    expect(await all(list({}, { state: 'Stopped' }, bench.context))).toEqual([]);
    const { id } = await bench.verb('services', 'get')({ service: 'web' }, {}, bench.context);
    expect(await all(list({}, { service: id, stack: 'shop' }, bench.context))).toEqual(containers);
    expect(await all(list({}, { stack: 'shop' }, bench.context))).toHaveLength(4);
    const get = bench.verb('containers', 'get');
    expect(await get({ container: 'web-2.shop' }, {}, bench.context)).toEqual(containers[1]);
    await expect(get({ container: 'web-9' }, {}, bench.context)).rejects.toMatchObject({ code: 'not_found' });
    await expect(all(list({}, { service: 'nope' }, bench.context))).rejects.toMatchObject({ code: 'not_found' });
  });

  test('logs are of a stack, some of its services, a service or a container', async () => {
    const bench = await deployed();
    for (const service of ['web', 'worker', 'agent']) {
      const line = { at: null, stack: 'shop', container: `${service}-1`, stream: 'stdout' } as const;
      bench.engine.logLines.push({ ...line, service, text: service });
    }
    const read = bench.verb('logs', 'read');
    const texts = async (source: Parameters<typeof read>[0]) =>
      (await all(read(source, {}, bench.context))).map(({ text }) => text);
    expect(await texts({ stack: 'shop' })).toEqual(['web', 'worker', 'agent']);
    expect(await texts({ stack: 'shop', services: ['web', 'agent'] })).toEqual(['web', 'agent']);
    expect(await texts({ stack: 'shop', services: ['worker'] })).toEqual(['worker']);
    expect(await texts({ service: 'web.shop' })).toEqual(['web']);
    expect(await texts({ container: 'worker-1' })).toEqual(['worker']);
    await expect(texts({ stack: 'shop', services: ['wroker'] })).rejects.toMatchObject({
      hint: 'Did you mean worker?',
    });
    await expect(texts({ stack: 'nope' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('actions', () => {
  test('are listed newest first, and found by a prefix of their id', async () => {
    const bench = await deployed();
    const { action } = await scale(bench, { web: 3 });
    const list = bench.verb('actions', 'list');
    expect((await all(list({}, {}, bench.context))).map(({ name }) => name)).toEqual(['Service Scale', 'Stack Up']);
    expect(await all(list({}, { stack: 'shop', limit: 1 }, bench.context))).toEqual([action]);
    expect(await all(list({}, { state: 'Failed' }, bench.context))).toEqual([]);
    await expect(all(list({}, { limit: 0 }, bench.context))).rejects.toMatchObject({ code: 'usage' });
    const get = bench.verb('actions', 'get');
    expect(await get({ action: action?.id ?? '' }, {}, bench.context)).toMatchObject({ name: 'Service Scale' });
    await expect(get({ action: 'nope' }, {}, bench.context)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('logs give the last lines, and follow to the end', async () => {
    const bench = await deployed();
    const { action } = await scale(bench, { web: 3 });
    const logs = bench.verb('actions', 'logs');
    const request = { action: action?.id ?? '' };
    const whole = await all(logs(request, {}, bench.context));
    expect(whole.length).toBeGreaterThan(3);
    expect(await all(logs(request, { tail: 2 }, bench.context))).toEqual(whole.slice(-2));
    expect(await all(logs(request, { tail: 0 }, bench.context))).toEqual([]);
    expect(await all(logs(request, { follow: true }, bench.context))).toEqual(whole);
    await expect(all(logs(request, { tail: -1 }, bench.context))).rejects.toMatchObject({ code: 'usage' });
  });

  test('logs of one that runs are followed until it ends', async () => {
    const bench = await openBench();
    let followed: Promise<string[]> | undefined;
    bench.engine.onChange = () => {
      followed ??= follow(bench);
    };
    await bench.verb('stacks', 'up')({ project: shop }, {}, bench.context);
    expect(await followed).toEqual(await newestLog(bench));
  });
});

async function follow(bench: Bench): Promise<string[]> {
  const [action] = await all(bench.verb('actions', 'list')({}, {}, bench.context));
  const lines = await all(bench.verb('actions', 'logs')({ action: action?.id ?? '' }, { follow: true }, bench.context));
  return lines.map(({ text }) => text);
}

describe('the backend', () => {
  test('says what it is, and refuses options that it does not honour', async () => {
    const { backend } = await deployed();
    expect(backend).toMatchObject({ name: 'engine', description: 'the sandbox engine' });
    expect(Object.keys(backend.facets).sort()).toEqual([
      ...['actions', 'config', 'containers', 'events', 'limits', 'logs', 'placement', 'releases', 'services', 'stacks'],
    ]);
    expect(backend.facets.stacks?.redeploy?.options).toEqual(['wait', 'timeoutMs', 'dryRun', 'lockTimeoutMs']);
  });
});
