import { describe, expect, test } from 'vitest';
import { call, collect, need, openBackend, sharedBackend } from '../harness.js';
import { containersOf, environmentOf, idsOf, releasesOf, standing } from '../looks.js';
import { noun, nouns } from '../nouns.js';
import { pair, single } from '../projects.js';
import type { Subject } from '../subject.js';

/** The numbered states of a stack. */
export function releasesContract(subject: Subject): void {
  describe('releases', () => {
    readingContract(subject);
    rollbackContract(subject);
    historyContract(subject);
  });
}

const environment = { SECRET: 'from the file' };

function readingContract(subject: Subject): void {
  describe('of some changes', () => {
    const shared = sharedBackend(subject, async ({ facets: { stacks, services, config } }) => {
      const { steady, newer, crashing } = subject.images;
      const [first, second] = [
        await single('solo', steady, { environment }),
        await single('solo', newer, { environment }),
      ];
      await stacks?.up?.({ project: first }, {}, call());
      await stacks?.up?.({ project: first }, {}, call());
      await config?.set?.({ target: { stack: 'solo' }, values: { SECRET: 'set' } }, {}, call());
      await services?.scale?.({ replicas: [{ service: 'app', replicas: 2 }] }, {}, call());
      await services?.redeploy?.({ service: 'app' }, {}, call());
      await stacks?.up?.({ project: second }, {}, call());
      const failing = await single('solo', crashing, { environment });
      await stacks?.up?.({ project: failing }, {}, call()).catch(() => undefined);
    });

    test('list numbers them without gaps, the newest first: one for each change of definition or config', async (context) => {
      const list = need(context, shared(), 'releases', 'list', { limit: 1 });
      const releases = await nouns('release', list({ stack: 'solo' }, {}, call()));
      expect(releases.map(({ version, failed, current }) => [version, failed, current])).toEqual([
        [4, true, true],
        [3, false, false],
        [2, false, false],
        [1, false, false],
      ]);
      expect(new Set(releases.map(({ id }) => id)).size).toBe(4);
      for (const { stack, user } of releases) expect([stack, user]).toEqual(['solo', shared().principal.user]);
      const made = releases.map(({ createdAt }) => createdAt);
      expect(made).toEqual([...made].sort().reverse());
      expect(releases[2]?.summary).toContain('SECRET');
      expect(releases[1]?.summary).toContain(subject.images.newer);
      for (const { summary } of releases) expect(summary).not.toContain(environment.SECRET);

      expect(await collect(list({ stack: 'solo' }, { limit: 2 }, call()))).toEqual(releases.slice(0, 2));
      await expect(collect(list({ stack: 'nothing' }, {}, call()))).rejects.toMatchObject({ code: 'not_found' });
      await expect(collect(list({ stack: 'solo' }, { limit: 0 }, call()))).rejects.toMatchObject({ code: 'usage' });
    });

    test('get gives what one runs, overlays applied', async (context) => {
      const get = need(context, shared(), 'releases', 'get');
      const release = noun('releaseDetail', await get({ stack: 'solo', version: 2 }, {}, call()));
      expect(release).toMatchObject({ version: 2, current: false });
      expect(release.definition?.services.app).toMatchObject({
        image: subject.images.steady,
        environment: { SECRET: 'set' },
      });
      const missing = get({ stack: 'solo', version: 99 }, {}, call());
      await expect(missing).rejects.toMatchObject({ code: 'not_found' });
    });

    test('diff gives the fields that differ, and values only when it is asked to reveal them', async (context) => {
      const diff = need(context, shared(), 'releases', 'diff', { reveal: true });
      const between = async (from: number, to: number, options = {}) =>
        noun('releaseChanges', await diff({ stack: 'solo', from, to }, options, call()));
      const path = 'services.app.environment.SECRET';
      expect(await between(1, 2)).toEqual([{ path, before: '***', after: '***' }]);
      expect(await between(1, 2, { reveal: true })).toEqual([{ path, before: 'from the file', after: 'set' }]);
      expect(await between(2, 3)).toEqual([
        { path: 'services.app.image', before: subject.images.steady, after: subject.images.newer },
      ]);
      expect(await between(3, 3)).toEqual([]);
      const missing = diff({ stack: 'solo', from: 1, to: 99 }, {}, call());
      await expect(missing).rejects.toMatchObject({ code: 'not_found' });
    });
  });
}

function rollbackContract(subject: Subject): void {
  test('rollback runs the one before the newest again, as a new one', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const rollback = need(context, backend, 'releases', 'rollback', { dryRun: true });
    const stack = 'solo';
    await up({ project: await single(stack, subject.images.steady) }, {}, call());
    await expect(rollback({ stack }, {}, call())).rejects.toMatchObject({ code: 'refused' });
    await up({ project: await single(stack, subject.images.newer) }, {}, call());
    const before = await idsOf(context, backend);

    const planned = noun('releaseMutation', await rollback({ stack }, { dryRun: true }, call()));
    expect(planned).toMatchObject({ subject: null, action: null });
    expect(await idsOf(context, backend)).toEqual(before);
    const back = noun('releaseMutation', await rollback({ stack }, {}, call()));
    expect(back).toMatchObject({ subject: { version: 3, current: true, failed: false }, plan: planned.plan });
    expect(back.subject?.summary).toContain('v1');
    const containers = await containersOf(context, backend);
    expect(containers).toMatchObject([{ image: subject.images.steady, release: 3 }]);
    const found = await need(context, backend, 'stacks', 'get')({ stack }, {}, call());
    expect(found).toMatchObject({ state: 'Running', synchronized: true });
    expect(found.definition.services.app?.image).toBe(subject.images.steady);
    const missing = rollback({ stack, version: 99 }, {}, call());
    await expect(missing).rejects.toMatchObject({ code: 'not_found' });
    expect(await releasesOf(context, backend, stack)).toHaveLength(3);
  });

  test('rollback to a version brings back its services and config, and keeps what was scaled', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const rollback = need(context, backend, 'releases', 'rollback');
    const stack = 'duo';
    await up({ project: await single(stack, subject.images.steady, { environment }) }, {}, call());
    const set = need(context, backend, 'config', 'set');
    await set({ target: { stack }, values: { SECRET: 'set' } }, {}, call());
    await up({ project: await pair(stack, subject.images.steady, { environment }) }, {}, call());
    await need(context, backend, 'services', 'scale')({ replicas: [{ service: 'app', replicas: 2 }] }, {}, call());

    const back = noun('releaseMutation', await rollback({ stack, version: 1 }, {}, call()));
    expect(back.subject).toMatchObject({ version: 4, current: true });
    expect(await standing(context, backend)).toEqual({ app: 'Running 2/2' });
    expect(await environmentOf(context, backend, 'app')).toEqual(environment);
    const forth = noun('releaseMutation', await rollback({ stack, version: 3 }, {}, call()));
    expect(forth.subject).toMatchObject({ version: 5, current: true });
    expect(await standing(context, backend)).toEqual({ app: 'Running 2/2', mate: 'Running 1/1' });
    expect(await environmentOf(context, backend, 'app')).toEqual({ SECRET: 'set' });
  });
}

function historyContract(subject: Subject): void {
  test('of a stack that was terminated can still be read; one that comes after it counts from 1', async (context) => {
    const backend = await openBackend(context, subject);
    const create = need(context, backend, 'stacks', 'create');
    const stack = 'solo';
    const project = await single(stack, subject.images.steady, { environment });
    await create({ project }, {}, call());
    await need(context, backend, 'config', 'set')({ target: { stack }, values: { SECRET: 'set' } }, {}, call());
    const before = await releasesOf(context, backend, stack);
    await need(context, backend, 'stacks', 'terminate')({ stack }, {}, call());
    const after = await releasesOf(context, backend, stack);
    expect(after).toEqual(before.map((release) => ({ ...release, current: false })));
    const get = need(context, backend, 'releases', 'get');
    expect(noun('releaseDetail', await get({ stack, version: 1 }, {}, call()))).toMatchObject({ version: 1 });
    const rollback = need(context, backend, 'releases', 'rollback')({ stack, version: 1 }, {}, call());
    await expect(rollback).rejects.toMatchObject({ code: 'not_found' });
    await create({ project }, {}, call());
    const [again, ...others] = await releasesOf(context, backend, stack);
    expect([again?.version, others]).toEqual([1, []]);
  });
}
