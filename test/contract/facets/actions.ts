import { describe, expect, test } from 'vitest';
import { call, collect, need, openBackend, sharedBackend } from '../harness.js';
import { noun, nouns } from '../nouns.js';
import { shop, single } from '../projects.js';
import type { Subject } from '../subject.js';

export function actionsContract(subject: Subject): void {
  describe('actions', () => {
    readingContract(subject);
    followContract(subject);
  });
}

function readingContract(subject: Subject): void {
  describe('of some changes', () => {
    const shared = sharedBackend(subject, async ({ facets: { stacks, services } }) => {
      await stacks?.up?.({ project: await shop(subject.images) }, {}, call());
      await services?.scale?.({ replicas: [{ service: 'worker', replicas: 2 }] }, {}, call());
      await stacks?.create?.({ project: await single('solo', subject.images.steady) }, {}, call());
      await stacks?.terminate?.({ stack: 'shop' }, {}, call());
      await stacks?.up?.({ project: await single('bad', subject.images.crashing) }, {}, call()).catch(() => undefined);
    });

    test('list gives one for every mutation, the newest first', async (context) => {
      const list = need(context, shared(), 'actions', 'list');
      const actions = await nouns('action', list({}, {}, call()));
      expect(actions.map(({ object, state }) => `${object.kind} ${object.name}: ${state}`)).toEqual([
        'stack bad: Failed',
        'stack shop: Success',
        'stack solo: Success',
        'service worker.shop: Success',
        'stack shop: Success',
      ]);
      expect(new Set(actions.map(({ id }) => id)).size).toBe(5);
      const started = actions.map(({ startedAt }) => startedAt);
      expect(started).toEqual([...started].sort().reverse());
      for (const { user, startedAt, endedAt, state, reason } of actions) {
        expect(user).toBe(shared().principal.user);
        expect(Date.parse(endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt));
        expect(reason === null).toBe(state === 'Success');
      }
      expect(await collect(list({}, {}, call()))).toEqual(actions);
    });

    test('list takes the newest N, those of a state, and those of a stack, also of one that is gone', async (context) => {
      const list = need(context, shared(), 'actions', 'list', { limit: 1, state: '', stack: '' });
      const all = await collect(list({}, {}, call()));
      expect(await collect(list({}, { limit: 2 }, call()))).toEqual(all.slice(0, 2));
      expect(await collect(list({}, { limit: 99 }, call()))).toEqual(all);
      expect(await collect(list({}, { state: 'Failed' }, call()))).toEqual(all.slice(0, 1));
      expect(await collect(list({}, { state: 'Pending' }, call()))).toEqual([]);
      expect(await collect(list({}, { stack: 'shop' }, call()))).toEqual([all[1], all[3], all[4]]);
      expect(await collect(list({}, { stack: 'shop', limit: 1 }, call()))).toEqual([all[1]]);
      const solo = await need(context, shared(), 'stacks', 'get')({ stack: 'solo' }, {}, call());
      expect(await collect(list({}, { stack: solo.id }, call()))).toEqual([all[2]]);
      for (const limit of [0, -1, 1.5]) {
        await expect(collect(list({}, { limit }, call())), String(limit)).rejects.toMatchObject({ code: 'usage' });
      }
    });

    test('get gives the steps with what became of them', async (context) => {
      const get = need(context, shared(), 'actions', 'get');
      const [failed, terminated] = await collect(need(context, shared(), 'actions', 'list')({}, {}, call()));
      const done = noun('actionDetail', await get({ action: terminated?.id ?? '' }, {}, call()));
      expect(done).toMatchObject(terminated ?? {});
      expect(done.steps.map(({ state }) => state)).toEqual(done.steps.map(() => 'done'));
      expect(new Set(done.steps.map(({ id }) => id)).size).toBe(done.steps.length);
      const broken = noun('actionDetail', await get({ action: failed?.id ?? '' }, {}, call()));
      expect(broken.steps.map(({ state }) => state)).toContain('failed');
      expect(broken.steps.filter(({ state }) => state === 'running')).toEqual([]);
    });

    test('logs tell what was done, line by line, and why it failed', async (context) => {
      const logs = need(context, shared(), 'actions', 'logs', { tail: 1 });
      const [failed] = await collect(need(context, shared(), 'actions', 'list')({}, {}, call()));
      const ref = { action: failed?.id ?? '' };
      const lines = await nouns('actionLogLine', logs(ref, {}, call()));
      const times = lines.map(({ at }) => at);
      expect(times).toEqual([...times].sort());
      expect(lines.map(({ text }) => text).join('\n')).toContain(`failed: ${failed?.reason ?? ''}`);
      expect(await collect(logs(ref, { tail: 2 }, call()))).toEqual(lines.slice(-2));
      expect(await collect(logs(ref, { tail: 0 }, call()))).toEqual([]);
      await expect(collect(logs({ action: 'nothing' }, {}, call()))).rejects.toMatchObject({ code: 'not_found' });
      await expect(collect(logs(ref, { tail: -1 }, call()))).rejects.toMatchObject({ code: 'usage' });
    });
  });
}

function followContract(subject: Subject): void {
  test('following the log of a running action ends when the action does', async (context) => {
    const backend = await openBackend(context, subject);
    const logs = need(context, backend, 'actions', 'logs', { follow: true });
    const up = need(context, backend, 'stacks', 'up', { wait: false });
    const { action } = await up({ project: await single('solo', subject.images.slow) }, { wait: false }, call());
    const ref = { action: action?.id ?? '' };
    const followed = await nouns('actionLogLine', logs(ref, { follow: true }, call()));
    expect(await collect(logs(ref, {}, call()))).toEqual(followed);
    const ended = await need(context, backend, 'actions', 'get')(ref, {}, call());
    expect(ended).toMatchObject({ state: 'Success' });
  });

  test('following ends when it is aborted', async (context) => {
    const backend = await openBackend(context, subject);
    const logs = need(context, backend, 'actions', 'logs', { follow: true });
    const up = need(context, backend, 'stacks', 'up', { wait: false });
    const { action } = await up({ project: await single('solo', subject.images.slow) }, { wait: false }, call());
    const ref = { action: action?.id ?? '' };
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const { text } of logs(ref, { follow: true }, { signal: stop.signal })) {
      seen.push(text);
      stop.abort();
    }
    expect(seen).not.toEqual([]);
    // The action itself goes on.
    await collect(logs(ref, { follow: true }, call()));
    const ended = await need(context, backend, 'actions', 'get')(ref, {}, call());
    expect(ended).toMatchObject({ state: 'Success' });
  });
}
