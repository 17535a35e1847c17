import { describe, expect, test } from 'vitest';
import { call, collect, need, openBackend } from '../harness.js';
import { containersOf, environmentOf, idsOf, newestAction, releasesOf, standing } from '../looks.js';
import { noun } from '../nouns.js';
import { shop, single } from '../projects.js';
import type { Subject } from '../subject.js';

/** What else `up` can be asked for. */
export function upOptionsContract(subject: Subject): void {
  describe('up', () => {
    resetContract(subject);
    rollbackContract(subject);
    strictContract(subject);
  });
}

function resetContract(subject: Subject): void {
  test('with resetScale has the replicas of the file, and forgets what scale set', async (context) => {
    const backend = await openBackend(context, subject);
    const options = { resetScale: true };
    const up = need(context, backend, 'stacks', 'up', options);
    const project = await single('solo', subject.images.steady, { replicas: 2 });
    await up({ project }, {}, call());
    await need(context, backend, 'services', 'scale')({ replicas: [{ service: 'app', replicas: 3 }] }, {}, call());
    const [kept] = await idsOf(context, backend);

    const reset = noun('stackMutation', await up({ project }, options, call()));
    expect(reset.subject).toMatchObject({ state: 'Running', synchronized: true });
    expect(await standing(context, backend)).toEqual({ app: 'Running 2/2' });
    expect(await idsOf(context, backend)).toContain(kept);
    expect(await up({ project }, options, call())).toMatchObject({ action: null, plan: [] });
    const more = await single('solo', subject.images.steady, { replicas: 4 });
    await up({ project: more }, {}, call());
    expect(await standing(context, backend)).toEqual({ app: 'Running 4/4' });
  });

  test('with resetConfig has the environment of the file, as a new release', async (context) => {
    const backend = await openBackend(context, subject);
    const options = { resetConfig: true };
    const up = need(context, backend, 'stacks', 'up', options);
    const set = need(context, backend, 'config', 'set');
    const environment = { MODE: 'file', KEEP: 'it' };
    const project = await single('solo', subject.images.steady, { environment });
    await up({ project }, {}, call());
    await set({ target: { stack: 'solo' }, values: { MODE: 'set', MORE: '1' } }, {}, call());
    await set({ target: { stack: 'solo' }, values: { KEEP: null } }, {}, call());
    expect(await environmentOf(context, backend, 'app')).toEqual({ MODE: 'set', MORE: '1' });

    const reset = noun('stackMutation', await up({ project }, options, call()));
    expect(reset.subject).toMatchObject({ state: 'Running', synchronized: true });
    expect(await environmentOf(context, backend, 'app')).toEqual(environment);
    expect((await releasesOf(context, backend, 'solo')).map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    expect(await up({ project }, options, call())).toMatchObject({ action: null, plan: [] });
  });
}

function rollbackContract(subject: Subject): void {
  test('with rollbackOnFailure goes back when it fails: what ran before runs again', async (context) => {
    const backend = await openBackend(context, subject);
    const options = { rollbackOnFailure: true };
    const up = need(context, backend, 'stacks', 'up', options);
    const project = await shop(subject.images);
    await up({ project }, {}, call());
    const crashing = await shop(subject.images, { web: subject.images.crashing });
    await expect(up({ project: crashing }, options, call())).rejects.toMatchObject({
      code: 'rolled_back',
      message: expect.stringContaining('web'),
      data: { verdict: { stack: 'shop' } },
    });

    const stack = await need(context, backend, 'stacks', 'get')({ stack: 'shop' }, {}, call());
    expect(stack).toMatchObject({ state: 'Running', synchronized: true });
    expect(await standing(context, backend)).toEqual({ db: 'Running 1/1', web: 'Running 2/2', worker: 'Running 1/1' });
    const web = await containersOf(context, backend, { service: 'web' });
    expect(web.map(({ image }) => image)).toEqual(Array(2).fill(subject.images.steady));
    const releases = await releasesOf(context, backend, 'shop');
    expect(releases.map(({ version, current, failed }) => [version, current, failed])).toEqual([
      [3, true, false],
      [2, false, true],
      [1, false, false],
    ]);
    expect(releases[0]?.summary).toContain('v1');
    const action = await newestAction(context, backend);
    expect(action).toMatchObject({ state: 'Failed', reason: expect.stringContaining('web') });
    const get = need(context, backend, 'actions', 'get');
    const { steps } = noun('actionDetail', await get({ action: action.id }, {}, call()));
    expect(steps.map(({ state }) => state)).toEqual(expect.arrayContaining(['done', 'failed']));
    expect(steps.at(-1)?.state).toBe('done');
    expect(await up({ project }, options, call())).toMatchObject({ action: null, plan: [] });
  });

  test('with rollbackOnFailure has nothing to go back to the first time: rollout_failed', async (context) => {
    const backend = await openBackend(context, subject);
    const options = { rollbackOnFailure: true };
    const up = need(context, backend, 'stacks', 'up', options);
    const project = await single('solo', subject.images.crashing);
    await expect(up({ project }, options, call())).rejects.toMatchObject({ code: 'rollout_failed' });
    const stacks = await collect(need(context, backend, 'stacks', 'list')({}, {}, call()));
    expect(stacks.map(({ name }) => name)).toEqual(['solo']);
  });
}

function strictContract(subject: Subject): void {
  test('with strict refuses what would not be heeded; without, it is left unheeded', async (context) => {
    const backend = await openBackend(context, subject);
    const strict = { strict: true };
    const up = need(context, backend, 'stacks', 'up', strict);
    const create = need(context, backend, 'stacks', 'create', strict);
    const project = await single('solo', subject.images.steady, { berth: { autodestroy: 'always' } });
    for (const attempt of [up, create]) {
      await expect(attempt({ project }, strict, call())).rejects.toMatchObject({
        code: 'unsupported',
        detail: expect.stringContaining('services.app.x-berth.autodestroy'),
      });
    }
    expect(await collect(need(context, backend, 'stacks', 'list')({}, {}, call()))).toEqual([]);
    const done = await up({ project }, {}, call());
    expect(done.subject).toMatchObject({ state: 'Running' });
    const plain = await single('solo', subject.images.steady);
    await expect(up({ project: plain }, strict, call())).resolves.toMatchObject({ subject: { state: 'Running' } });
  });
}
