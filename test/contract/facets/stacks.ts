import { describe, expect, test } from 'vitest';
import { call, collect, need, openBackend } from '../harness.js';
import { noun, nouns } from '../nouns.js';
import { shop, single } from '../projects.js';
import type { Subject } from '../subject.js';

export function stacksContract(subject: Subject): void {
  describe('stacks', () => {
    createContract(subject);
    upContract(subject);
    changeContract(subject);
    terminateContract(subject);
  });
}

function createContract(subject: Subject): void {
  test('create stores the definition and runs nothing', async (context) => {
    const backend = await openBackend(context, subject);
    const create = need(context, backend, 'stacks', 'create');
    const project = await shop(subject.images);
    const created = noun('stackMutation', await create({ project }, {}, call()));
    expect(created.subject).toMatchObject({
      name: 'shop',
      namespace: backend.principal.namespace,
      state: 'Not running',
      services: ['db', 'web', 'worker'],
      deployedAt: null,
    });
    expect(created.plan).not.toEqual([]);

    const stacks = await nouns('stack', need(context, backend, 'stacks', 'list')({}, {}, call()));
    expect(stacks).toEqual([created.subject]);
    const stack = noun('stackDetail', await need(context, backend, 'stacks', 'get')({ stack: 'shop' }, {}, call()));
    expect(stack).toMatchObject(created.subject ?? {});
    expect(stack.definition).toEqual(project);
    expect(await collect(need(context, backend, 'containers', 'list')({}, {}, call()))).toEqual([]);
  });

  test('create refuses a name that is taken: conflict, and nothing is changed', async (context) => {
    const backend = await openBackend(context, subject);
    const create = need(context, backend, 'stacks', 'create');
    const { subject: first } = await create({ project: await shop(subject.images) }, {}, call());
    const again = create({ project: await single('shop', subject.images.newer) }, {}, call());
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
    expect(await collect(need(context, backend, 'stacks', 'list')({}, {}, call()))).toEqual([first]);
  });

  test('create with dryRun plans and changes nothing', async (context) => {
    const backend = await openBackend(context, subject);
    const create = need(context, backend, 'stacks', 'create', { dryRun: true });
    const planned = await create({ project: await shop(subject.images) }, { dryRun: true }, call());
    expect(noun('stackMutation', planned)).toMatchObject({ subject: null, action: null });
    expect(planned.plan).not.toEqual([]);
    expect(await collect(need(context, backend, 'stacks', 'list')({}, {}, call()))).toEqual([]);
    expect(await collect(need(context, backend, 'actions', 'list')({}, {}, call()))).toEqual([]);
  });

  test('a name that cannot be one is refused as input', async (context) => {
    const backend = await openBackend(context, subject);
    const project = { ...(await single('app', subject.images.steady)), name: '***' };
    const created = need(context, backend, 'stacks', 'create')({ project }, {}, call());
    await expect(created).rejects.toMatchObject({ code: 'input' });
    const brought = need(context, backend, 'stacks', 'up')({ project }, {}, call());
    await expect(brought).rejects.toMatchObject({ code: 'input' });
  });

  test('list is by name', async (context) => {
    const backend = await openBackend(context, subject);
    const create = need(context, backend, 'stacks', 'create');
    for (const name of ['b', 'a10', 'c', 'a9']) {
      await create({ project: await single(name, subject.images.steady) }, {}, call());
    }
    const stacks = await nouns('stack', need(context, backend, 'stacks', 'list')({}, {}, call()));
    expect(stacks.map(({ name }) => name)).toEqual(['a10', 'a9', 'b', 'c']);
    expect(new Set(stacks.map(({ id }) => id)).size).toBe(4);
  });
}

function upContract(subject: Subject): void {
  test('up makes what runs be what the definition says', async (context) => {
    const backend = await openBackend(context, subject);
    const project = await shop(subject.images);
    const up = noun('stackMutation', await need(context, backend, 'stacks', 'up')({ project }, {}, call()));
    expect(up.subject).toMatchObject({ name: 'shop', state: 'Running', synchronized: true });
    expect(up.subject?.deployedAt).not.toBeNull();
    expect(up.action).toMatchObject({ state: 'Success', reason: null, object: { kind: 'stack', name: 'shop' } });
    const services = await nouns('service', need(context, backend, 'services', 'list')({}, {}, call()));
    expect(services.map(({ name, state, replicas }) => [name, state, replicas.desired, replicas.running])).toEqual([
      ['db', 'Running', 1, 1],
      ['web', 'Running', 2, 2],
      ['worker', 'Running', 1, 1],
    ]);
  });

  test('up of what runs already plans nothing and does nothing', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const containers = need(context, backend, 'containers', 'list');
    const project = await shop(subject.images);
    const first = await up({ project }, {}, call());
    const before = await collect(containers({}, { all: true }, call()));
    const second = noun('stackMutation', await up({ project }, {}, call()));
    expect(second).toEqual({ subject: first.subject, action: null, plan: [] });
    expect(await collect(containers({}, { all: true }, call()))).toEqual(before);
    expect(await collect(need(context, backend, 'actions', 'list')({}, {}, call()))).toHaveLength(1);
  });

  test('up takes a null command or entrypoint for none: a file as `compose config` prints it changes nothing', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const project = await shop(subject.images);
    await up({ project }, {}, call());
    const services = Object.entries(project.services).map(([name, service]) => [
      name,
      { command: null, entrypoint: null, ...service },
    ]);
    const same = await up({ project: { ...project, services: Object.fromEntries(services) } }, {}, call());
    expect(same).toMatchObject({ action: null, plan: [] });
  });

  test('up runs a stack that was only created, and keeps its id', async (context) => {
    const backend = await openBackend(context, subject);
    const project = await shop(subject.images);
    const created = await need(context, backend, 'stacks', 'create')({ project }, {}, call());
    const up = await need(context, backend, 'stacks', 'up')({ project }, {}, call());
    expect(up.subject).toMatchObject({
      id: created.subject?.id,
      createdAt: created.subject?.createdAt,
      state: 'Running',
    });
  });

  test('up with services runs those and what they depend on, and refuses names that are not there', async (context) => {
    const backend = await openBackend(context, subject);
    const options = { services: ['web'] };
    const up = need(context, backend, 'stacks', 'up', options);
    const project = await shop(subject.images);
    await expect(up({ project }, { services: ['web', 'wep'] }, call())).rejects.toMatchObject({ code: 'not_found' });
    expect(await collect(need(context, backend, 'stacks', 'list')({}, {}, call()))).toEqual([]);
    await up({ project }, options, call());
    const services = await collect(need(context, backend, 'services', 'list')({}, {}, call()));
    expect(services.map(({ name, state }) => [name, state])).toEqual([
      ['db', 'Running'],
      ['web', 'Running'],
      ['worker', 'Not running'],
    ]);
  });

  test('up reports the plan once before the first step, and its progress', async (context) => {
    if (!subject.callsBack) context.skip('processes do not call back');
    const backend = await openBackend(context, subject);
    const plans: unknown[] = [];
    const told: string[] = [];
    const up = need(context, backend, 'stacks', 'up');
    const done = await up(
      { project: await shop(subject.images) },
      {},
      {
        signal: new AbortController().signal,
        planned: (steps) => plans.push([told.length, steps]),
        progress: ({ kind, name, phase, status }) => told.push(`${kind} ${name}: ${status} ${phase}`),
      },
    );
    expect(plans).toEqual([[0, done.plan]]);
    expect(told.filter((line) => line.startsWith('service web:')).at(-1)).toMatch(/ done$/);
  });
}

function changeContract(subject: Subject): void {
  test('up with a changed image replaces the containers of that service and no others', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const list = need(context, backend, 'containers', 'list');
    await up({ project: await shop(subject.images) }, {}, call());
    const before = await collect(list({}, {}, call()));
    const changed = noun(
      'stackMutation',
      await up({ project: await shop(subject.images, { web: subject.images.newer }) }, {}, call()),
    );
    const touched = changed.plan.filter(({ kind, operation }) => kind === 'service' && operation !== 'wait');
    expect(touched.map(({ operation, name }) => [operation, name])).toEqual([['update', 'web']]);
    expect(touched[0]?.reasons.join()).toContain(subject.images.newer);
    expect(changed.subject).toMatchObject({ state: 'Running', synchronized: true });

    const after = await collect(list({}, {}, call()));
    const others = (containers: typeof after): unknown => containers.filter(({ service }) => service !== 'web');
    expect(others(after)).toEqual(others(before));
    const web = after.filter(({ service }) => service === 'web');
    expect(web.map(({ image, state }) => [image, state])).toEqual(Array(2).fill([subject.images.newer, 'Running']));
    const old = before.map(({ id }) => id);
    expect(web.filter(({ id }) => old.includes(id))).toEqual([]);
  });

  test('up with dryRun changes nothing and plans what up then does', async (context) => {
    const backend = await openBackend(context, subject);
    const dry = { dryRun: true };
    const up = need(context, backend, 'stacks', 'up', dry);
    const project = await shop(subject.images);
    const first = noun('stackMutation', await up({ project }, dry, call()));
    expect(first).toMatchObject({ subject: null, action: null });
    expect(await collect(need(context, backend, 'stacks', 'list')({}, {}, call()))).toEqual([]);

    const done = await up({ project }, {}, call());
    expect(done.plan).toEqual(first.plan);
    const changed = await shop(subject.images, { web: subject.images.newer });
    const before = await collect(need(context, backend, 'containers', 'list')({}, { all: true }, call()));
    const second = await up({ project: changed }, dry, call());
    expect(second).toMatchObject({ subject: null, action: null });
    expect(await collect(need(context, backend, 'containers', 'list')({}, { all: true }, call()))).toEqual(before);
    expect((await up({ project: changed }, {}, call())).plan).toEqual(second.plan);
  });

  test('prune removes a network that the replicas before were on', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up', { prune: true });
    const bare = await single('solo', subject.images.steady);
    const app = { ...bare.services.app, deploy: { replicas: 2 }, networks: { front: null } };
    await up({ project: { ...bare, services: { app }, networks: { front: { name: 'solo_front' } } } }, {}, call());
    const pruned = noun('stackMutation', await up({ project: bare }, { prune: true }, call()));
    expect(pruned.plan.at(-1)).toMatchObject({ operation: 'remove', kind: 'network', name: 'front' });
    expect(pruned.subject).toMatchObject({ state: 'Running', synchronized: true });
    expect((await up({ project: bare }, { prune: true }, call())).plan).toEqual([]);
  });

  test('up leaves services alone that are gone from the file; prune removes them', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up', { prune: true });
    const names = async (): Promise<string[]> =>
      (await collect(need(context, backend, 'services', 'list')({}, {}, call()))).map(({ name }) => name);
    await up({ project: await shop(subject.images) }, {}, call());
    const smaller = await shop(subject.images, { withoutWorker: true });
    await up({ project: smaller }, {}, call());
    expect(await names()).toEqual(['db', 'web', 'worker']);
    const pruned = noun('stackMutation', await up({ project: smaller }, { prune: true }, call()));
    expect(pruned.plan.filter(({ operation }) => operation === 'remove').map(({ name }) => name)).toEqual(['worker']);
    expect(pruned.subject).toMatchObject({ state: 'Running', synchronized: true, services: ['db', 'web'] });
    expect(await names()).toEqual(['db', 'web']);
    const containers = await collect(need(context, backend, 'containers', 'list')({}, {}, call()));
    expect(containers.filter(({ service }) => service === 'worker')).toEqual([]);
  });
}

function terminateContract(subject: Subject): void {
  test('terminate works whatever the services needed before', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const first = await shop(subject.images);
    await up({ project: first }, {}, call());
    const { depends_on: needs, ...web } = first.services.web ?? {};
    expect(needs).toHaveProperty('db');
    const onWeb = { web: { condition: 'service_started', required: true } } as const;
    const db = { ...first.services.db, image: subject.images.newer, depends_on: onWeb };
    await up({ project: { ...first, services: { ...first.services, web, db } } }, {}, call());
    const terminate = need(context, backend, 'stacks', 'terminate');
    const { action } = noun('stackMutation', await terminate({ stack: 'shop' }, {}, call()));
    expect(action).toMatchObject({ state: 'Success' });
  });

  test('terminate removes the stack and what runs; a second time it is not found', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const terminate = need(context, backend, 'stacks', 'terminate');
    const project = await shop(subject.images);
    const first = await up({ project }, {}, call());
    const gone = noun('stackMutation', await terminate({ stack: 'shop' }, {}, call()));
    expect(gone).toMatchObject({ subject: null, action: { state: 'Success', object: { id: first.subject?.id } } });
    expect(await collect(need(context, backend, 'stacks', 'list')({}, {}, call()))).toEqual([]);
    expect(await collect(need(context, backend, 'services', 'list')({}, {}, call()))).toEqual([]);
    expect(await collect(need(context, backend, 'containers', 'list')({}, {}, call()))).toEqual([]);
    await expect(terminate({ stack: 'shop' }, {}, call())).rejects.toMatchObject({ code: 'not_found' });
    const get = need(context, backend, 'stacks', 'get');
    await expect(get({ stack: first.subject?.id ?? '' }, {}, call())).rejects.toMatchObject({ code: 'not_found' });

    const second = await up({ project }, {}, call());
    expect(second.subject).toMatchObject({ state: 'Running' });
    expect(second.subject?.id).not.toBe(first.subject?.id);
  });

  test('terminate keeps volumes unless they are asked for, and dryRun changes nothing', async (context) => {
    const backend = await openBackend(context, subject);
    const terminate = need(context, backend, 'stacks', 'terminate', { volumes: true, dryRun: true });
    await need(context, backend, 'stacks', 'up')({ project: await shop(subject.images) }, {}, call());
    const volumes = ({ plan }: Awaited<ReturnType<typeof terminate>>): string[] =>
      plan.filter(({ kind }) => kind === 'volume').map(({ operation, name }) => `${operation} ${name}`);
    const kept = await terminate({ stack: 'shop' }, { dryRun: true }, call());
    const asked = await terminate({ stack: 'shop' }, { dryRun: true, volumes: true }, call());
    expect([kept.subject, asked.subject, kept.action, asked.action]).toEqual([null, null, null, null]);
    expect([volumes(kept), volumes(asked)]).toEqual([[], ['remove data']]);
    const [stack] = await collect(need(context, backend, 'stacks', 'list')({}, {}, call()));
    expect(stack).toMatchObject({ name: 'shop', state: 'Running' });
    const done = await terminate({ stack: 'shop' }, { volumes: true }, call());
    expect(done.plan).toEqual(asked.plan);
  });
}
