import { describe, expect, test } from 'vitest';
import { call, need, openBackend, sharedBackend } from '../harness.js';
import { containersOf, environmentOf, idsOf, releasesOf } from '../looks.js';
import { noun } from '../nouns.js';
import { pair } from '../projects.js';
import type { Subject } from '../subject.js';

/** The environment of a stack and of its services. */
export function configContract(subject: Subject): void {
  describe('config', () => {
    readingContract(subject);
    setContract(subject);
    unsetContract(subject);
    serviceContract(subject);
    waitingContract(subject);
    combinedContract(subject);
  });
}

const environment = { MODE: 'file', PRICE: '5$' };

function readingContract(subject: Subject): void {
  describe('of a file', () => {
    const shared = sharedBackend(subject, async (backend) => {
      const project = await pair('duo', subject.images.steady, { environment });
      await backend.facets.stacks?.create?.({ project }, {}, call());
    });

    test('get gives the variables of a service by key, with where they come from', async (context) => {
      const get = need(context, shared(), 'config', 'get');
      const own = noun('config', await get({ target: { service: 'app' } }, {}, call()));
      expect(own.variables).toEqual([
        { key: 'MODE', value: 'file', origin: 'definition' },
        { key: 'PRICE', value: '5$', origin: 'definition' },
      ]);
      const other = noun('config', await get({ target: { service: 'mate.duo' } }, {}, call()));
      expect(other.variables).toEqual([]);
    });

    test('get of a stack gives what its services have in common, and the release', async (context) => {
      const get = need(context, shared(), 'config', 'get');
      const common = noun('config', await get({ target: { stack: 'duo' } }, {}, call()));
      expect(common).toEqual({ variables: [], release: 1 });
      for (const target of [{ stack: 'nothing' }, { service: 'nothing' }]) {
        await expect(get({ target }, {}, call())).rejects.toMatchObject({ code: 'not_found' });
      }
    });
  });
}

function setContract(subject: Subject): void {
  test('set on a stack reaches every service, as one release, and is kept over later ups', async (context) => {
    const backend = await openBackend(context, subject);
    const set = need(context, backend, 'config', 'set', { dryRun: true });
    const get = need(context, backend, 'config', 'get');
    const up = need(context, backend, 'stacks', 'up');
    const project = await pair('duo', subject.images.steady, { environment });
    await up({ project }, {}, call());
    const before = await containersOf(context, backend);
    const change = { target: { stack: 'duo' }, values: { MODE: 'set', EMPTY: '', TEXT: 'a "b" $c=\nd' } };

    const planned = noun('configMutation', await set(change, { dryRun: true }, call()));
    expect(planned).toMatchObject({ subject: null, action: null });
    expect(await containersOf(context, backend)).toEqual(before);
    const done = noun('configMutation', await set(change, {}, call()));
    expect(done).toMatchObject({ plan: planned.plan, action: { state: 'Success' }, subject: { release: 2 } });
    expect(done.subject?.variables).toEqual([
      { key: 'EMPTY', value: '', origin: 'set' },
      { key: 'MODE', value: 'set', origin: 'set' },
      { key: 'TEXT', value: change.values.TEXT, origin: 'set' },
    ]);
    expect(await environmentOf(context, backend, 'app')).toEqual({ ...environment, ...change.values });
    expect(await environmentOf(context, backend, 'mate')).toEqual(change.values);
    const old = before.map(({ id }) => id);
    expect((await containersOf(context, backend)).filter(({ id }) => old.includes(id))).toEqual([]);
    expect(await set(change, {}, call())).toMatchObject({ action: null, plan: [], subject: { release: 2 } });

    expect(await up({ project }, {}, call())).toMatchObject({ action: null, plan: [] });
    await up({ project: await pair('duo', subject.images.newer, { environment }) }, {}, call());
    expect(await environmentOf(context, backend, 'mate')).toEqual(change.values);
    expect(await get({ target: change.target }, {}, call())).toMatchObject({ release: 3 });
    const [, release] = await releasesOf(context, backend, 'duo');
    expect(release).toMatchObject({ version: 2, user: backend.principal.user });
    expect(release?.summary).toContain('MODE');
    expect(release?.summary).not.toContain(change.values.TEXT);
  });
}

function unsetContract(subject: Subject): void {
  test('unset takes a variable away, also one of the file, and is kept over later ups', async (context) => {
    const backend = await openBackend(context, subject);
    const set = need(context, backend, 'config', 'set');
    const up = need(context, backend, 'stacks', 'up');
    const target = { stack: 'duo' };
    await up({ project: await pair('duo', subject.images.steady, { environment }) }, {}, call());
    await set({ target, values: { MODE: 'set', MORE: '1' } }, {}, call());
    const unset = noun('configMutation', await set({ target, values: { MODE: null, MORE: null } }, {}, call()));
    expect(unset.subject).toEqual({ variables: [], release: 3 });
    expect(await environmentOf(context, backend, 'app')).toEqual({ PRICE: '5$' });
    const newer = await pair('duo', subject.images.newer, { environment });
    await up({ project: newer }, {}, call());
    expect(await environmentOf(context, backend, 'app')).toEqual({ PRICE: '5$' });
    const { variables } = await need(context, backend, 'config', 'get')({ target: { service: 'app' } }, {}, call());
    expect(variables.map(({ key }) => key)).toEqual(['PRICE']);
    const nothing = await set({ target, values: { NEVER: null } }, {}, call());
    expect(nothing).toMatchObject({ action: null, plan: [] });
  });
}

function serviceContract(subject: Subject): void {
  test('of a service: only new variables, only existing ones, or exactly these; all or nothing', async (context) => {
    const backend = await openBackend(context, subject);
    const set = need(context, backend, 'config', 'set', { expect: 'new', replace: true });
    await need(
      context,
      backend,
      'stacks',
      'up',
    )({ project: await pair('duo', subject.images.steady, { environment }) }, {}, call());
    const mate = await idsOf(context, backend, { service: 'mate' });
    const target = { service: 'app.duo' };
    const [fresh, existing] = [{ expect: 'new' }, { expect: 'existing' }] as const;

    const taken = set({ target, values: { MODE: 'other', MORE: '1' } }, fresh, call());
    await expect(taken).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('MODE') });
    for (const values of [{ MODE: 'other', MOR: '1' }, { MOR: null }]) {
      await expect(set({ target, values }, existing, call())).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(await environmentOf(context, backend, 'app')).toEqual(environment);
    expect(await releasesOf(context, backend, 'duo')).toHaveLength(1);

    const added = noun('configMutation', await set({ target, values: { MORE: '1' } }, fresh, call()));
    expect(added.action?.object).toMatchObject({ kind: 'service', name: 'app.duo' });
    await set({ target, values: { MODE: 'other' } }, existing, call());
    expect(await environmentOf(context, backend, 'app')).toEqual({ ...environment, MODE: 'other', MORE: '1' });
    await set({ target, values: { PRICE: null } }, existing, call());
    expect(await environmentOf(context, backend, 'app')).toEqual({ MODE: 'other', MORE: '1' });
    await set({ target, values: { LAST: 'one' } }, { replace: true }, call());
    expect(await environmentOf(context, backend, 'app')).toEqual({ LAST: 'one' });
    expect(await environmentOf(context, backend, 'mate')).toBeUndefined();
    expect(await idsOf(context, backend, { service: 'mate' })).toEqual(mate);
  });
}

function waitingContract(subject: Subject): void {
  test('set without redeploy waits for one: until then the containers stay', async (context) => {
    const backend = await openBackend(context, subject);
    const options = { redeploy: false };
    const set = need(context, backend, 'config', 'set', options);
    await need(context, backend, 'stacks', 'up')({ project: await pair('duo', subject.images.steady) }, {}, call());
    const before = await idsOf(context, backend);
    const done = noun(
      'configMutation',
      await set({ target: { stack: 'duo' }, values: { MODE: 'set' } }, options, call()),
    );
    expect(done).toMatchObject({ subject: { release: 2 } });
    expect(await idsOf(context, backend)).toEqual(before);
    const stack = await need(context, backend, 'stacks', 'get')({ stack: 'duo' }, {}, call());
    expect(stack).toMatchObject({ state: 'Running', synchronized: false });
    const redeployed = await need(context, backend, 'stacks', 'redeploy')({ stack: 'duo' }, {}, call());
    expect(redeployed.subject).toMatchObject({ state: 'Running', synchronized: true });
    expect((await idsOf(context, backend)).filter((id) => before.includes(id))).toEqual([]);
  });
}

function combinedContract(subject: Subject): void {
  test('sets, unsets, limits and places in one call, as one release', async (context) => {
    if (!subject.combines) context.skip('each command asks for one of these');
    const backend = await openBackend(context, subject);
    const { key, value, nodes } = subject.nodeLabel;
    const set = need(context, backend, 'config', 'set');
    await need(
      context,
      backend,
      'stacks',
      'up',
    )({ project: await pair('duo', subject.images.steady, { environment }) }, {}, call());
    const change = {
      target: { stack: 'duo' },
      values: { MODE: null, MORE: '1' },
      limits: { app: { memoryBytes: 64 * 1024 * 1024, cpus: 0.5 } },
      placement: { [key]: value },
    };
    expect(noun('configMutation', await set(change, {}, call())).subject).toMatchObject({ release: 2 });
    expect(await environmentOf(context, backend, 'app')).toEqual({ PRICE: '5$', MORE: '1' });
    const limits = noun('limits', await need(context, backend, 'limits', 'get')({ stack: 'duo' }, {}, call()));
    expect(limits).toMatchObject([{ service: 'app', memoryBytes: 64 * 1024 * 1024, cpus: 0.5 }]);
    for (const { node } of await containersOf(context, backend)) expect(nodes).toContain(node);
    expect(await releasesOf(context, backend, 'duo')).toHaveLength(2);

    const wrong = set({ ...change, limits: { ap: { cpus: 1 } } }, {}, call());
    await expect(wrong).rejects.toMatchObject({ code: 'not_found', hint: expect.stringContaining('app') });
    const replaced = await set({ target: change.target, values: { LAST: 'one' } }, { replace: true }, call());
    expect(replaced.subject?.variables).toEqual([{ key: 'LAST', value: 'one', origin: 'set' }]);
    expect(await environmentOf(context, backend, 'app')).toEqual({ LAST: 'one' });
  });
}
