import { describe, expect, test } from 'vitest';
import { call, collect, eventually, need, openBackend } from '../harness.js';
import { endOf } from '../looks.js';
import { noun, nouns } from '../nouns.js';
import { shop, single } from '../projects.js';
import type { Subject } from '../subject.js';

/** How a rollout ends, and what is left of it. */
export function rolloutContract(subject: Subject): void {
  describe('a rollout', () => {
    failureContract(subject);
    waitingContract(subject);
  });
}

function failureContract(subject: Subject): void {
  test('of what keeps exiting fails: rollout_failed, and the action says why', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const failed = up({ project: await shop(subject.images, { web: subject.images.crashing }) }, {}, call());
    await expect(failed).rejects.toMatchObject({ code: 'rollout_failed', message: expect.stringContaining('web') });

    const [action] = await nouns('action', need(context, backend, 'actions', 'list')({}, { limit: 1 }, call()));
    expect(action).toMatchObject({ state: 'Failed', reason: expect.stringContaining('web') });
    expect(action?.endedAt).not.toBeNull();
    const get = need(context, backend, 'actions', 'get');
    const { steps } = noun('actionDetail', await get({ action: action?.id ?? '' }, {}, call()));
    expect(steps.filter(({ state }) => state === 'failed')).toHaveLength(1);
    const services = await collect(need(context, backend, 'services', 'list')({}, {}, call()));
    const db = services.find(({ name }) => name === 'db');
    const web = services.find(({ name }) => name === 'web');
    expect([db?.state, web?.state === 'Running']).toEqual(['Running', false]);
  });

  test('of an update that fails under the policy `pause` is paused, and a later up goes on', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    await up({ project: await shop(subject.images) }, {}, call());
    const failed = up({ project: await shop(subject.images, { web: subject.images.crashing }) }, {}, call());
    await expect(failed).rejects.toMatchObject({ code: 'paused', message: expect.stringContaining('web') });
    const mended = await up({ project: await shop(subject.images, { web: subject.images.newer }) }, {}, call());
    expect(mended.subject).toMatchObject({ state: 'Running', synchronized: true });
  });

  test('can be mended by another up', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const failed = up({ project: await single('solo', subject.images.crashing) }, {}, call());
    await expect(failed).rejects.toMatchObject({ code: 'rollout_failed' });
    const mended = await up({ project: await single('solo', subject.images.steady) }, {}, call());
    expect(mended.subject).toMatchObject({ state: 'Running', synchronized: true });
  });

  test('that no node takes is unplaceable', async (context) => {
    const backend = await openBackend(context, subject);
    const project = await single('solo', subject.images.steady, { constraint: 'node.labels.zone==nowhere' });
    const up = need(context, backend, 'stacks', 'up')({ project }, {}, call());
    await expect(up).rejects.toMatchObject({ code: 'unplaceable', message: expect.stringContaining('app') });
    const [action] = await collect(need(context, backend, 'actions', 'list')({}, {}, call()));
    expect(action).toMatchObject({ state: 'Failed', reason: expect.stringContaining('app') });
    const [container] = await nouns('container', need(context, backend, 'containers', 'list')({}, {}, call()));
    expect(container).toMatchObject({ node: null, startedAt: null });
    expect(container?.message ?? '').not.toBe('');
  });
}

function waitingContract(subject: Subject): void {
  test('with wait false is accepted at once and succeeds later', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up', { wait: false });
    const accepted = noun(
      'stackMutation',
      await up({ project: await single('solo', subject.images.slow) }, { wait: false }, call()),
    );
    expect(['Pending', 'In progress']).toContain(accepted.action?.state);
    expect(accepted.action?.endedAt).toBeNull();
    expect(accepted.plan).not.toEqual([]);
    const ended = await endOf(context, backend, accepted.action);
    expect(ended).toMatchObject({ id: accepted.action?.id, state: 'Success' });
    const stack = await need(context, backend, 'stacks', 'get')({ stack: 'solo' }, {}, call());
    expect(stack.state).toBe('Running');
  });

  test('that takes longer than timeoutMs is a timeout, and goes on', async (context) => {
    const backend = await openBackend(context, subject);
    const options = { timeoutMs: 300 };
    const up = need(context, backend, 'stacks', 'up', options);
    const project = await single('solo', subject.images.late);
    await expect(up({ project }, options, call())).rejects.toMatchObject({ code: 'timeout' });
    const [action] = await collect(need(context, backend, 'actions', 'list')({}, {}, call()));
    expect(action?.endedAt).toBeNull();
    expect(await endOf(context, backend, action)).toMatchObject({ state: 'Success', reason: null });
    const stack = await need(context, backend, 'stacks', 'get')({ stack: 'solo' }, {}, call());
    expect(stack.state).toBe('Running');
  });

  test('that is aborted is interrupted; its action is canceled, and another up goes on', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const project = await single('solo', subject.images.late);
    const stop = new AbortController();
    const list = need(context, backend, 'actions', 'list');
    const running = up({ project }, {}, { signal: stop.signal });
    // Both are waited for, so that neither is left to fail alone.
    const outcome = running.then(
      () => 'done',
      (error: unknown) => error,
    );
    await eventually('an action in progress', async () => {
      const [action] = await collect(list({}, {}, call()));
      const containers = await collect(need(context, backend, 'containers', 'list')({}, {}, call()));
      return action?.state === 'In progress' && containers.length > 0 ? action : undefined;
    });
    stop.abort();
    expect(await outcome).toMatchObject({ code: 'interrupted' });
    const [action] = await nouns('action', list({}, {}, call()));
    expect(action).toMatchObject({ state: 'Canceled', reason: expect.stringContaining('interrupted') });
    const again = await up({ project: await single('solo', subject.images.steady) }, {}, call());
    expect(again.subject).toMatchObject({ state: 'Running' });
  });

  test('that was aborted before it began does nothing', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const project = await single('solo', subject.images.steady);
    await expect(up({ project }, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
    expect(await collect(need(context, backend, 'stacks', 'list')({}, {}, call()))).toEqual([]);
    expect(await collect(need(context, backend, 'actions', 'list')({}, {}, call()))).toEqual([]);
  });
}
