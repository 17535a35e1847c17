import { describe, expect, test } from 'vitest';
import type { Step } from '../../../../src/lib/plan/steps.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { action, openActions, saved, step } from './action-fixtures.js';

const wait: Step = {
  ...step,
  id: 'wait stack shop',
  operation: 'wait',
  body: { do: 'converge', services: ['web'], monitorMs: 500, deploys: true },
};

const undo: Step = { ...step, wave: 3, reasons: ['back to what it was'] };

describe('actions', () => {
  test('are saved with their steps before anything runs', async () => {
    const { actions } = await openActions();
    const created = await actions.create(action('a1'), saved([step, wait]));
    const { intent: asked, ...given } = action('a1');
    expect(created).toEqual({
      ...given,
      state: 'Pending',
      startedAt: '2026-01-02T03:04:05.678Z',
      endedAt: null,
      reason: null,
      runner: processNamed(1),
      epoch: 1,
      stackId: 'id-1',
      canceledBy: null,
      retryable: true,
    });
    expect(await actions.intent('a1')).toEqual(asked);
    expect(await actions.intent('none')).toBeNull();
    expect(await actions.steps('a1')).toEqual([
      { ...step, state: 'pending', undo: false },
      { ...wait, state: 'pending', undo: false },
    ]);
  });

  test('run in one epoch at a time', async () => {
    const { actions, path } = await openActions();
    await actions.create(action('a1'), saved([step]));
    expect(await actions.markStep('a1', 1, step.id, 'running')).toBe(false);
    expect(await actions.take('a1')).toMatchObject({ state: 'In progress', epoch: 2 });
    expect(await actions.take('a1')).toBeNull();
    expect(await actions.markStep('a1', 2, step.id, 'running')).toBe(true);

    expect(await actions.handOver('a1', 2)).toBe(true);
    expect((await actions.steps('a1'))[0]?.state).toBe('pending');
    const other = await openActions(new FakeProcesses(processNamed(2)), path);
    expect(await other.actions.take('a1')).toMatchObject({ epoch: 3, runner: processNamed(2) });

    expect(await actions.markStep('a1', 2, step.id, 'done')).toBe(false);
    expect(await actions.end('a1', 2, 'Success', null)).toBe(false);
    expect(await other.actions.end('a1', 3, 'Success', null)).toBe(true);
    expect(await actions.get('a1')).toMatchObject({ state: 'Success', endedAt: '2026-01-02T03:04:05.678Z' });
    expect(await other.actions.end('a1', 3, 'Failed', 'late')).toBe(false);
  });

  test('are touched by nobody whose epoch is over', async () => {
    const { actions, path } = await openActions();
    await actions.create(action('a1'), saved([step, wait]));
    await actions.take('a1');
    await actions.handOver('a1', 2);
    const other = await openActions(new FakeProcesses(processNamed(2)), path);
    await other.actions.take('a1');
    await other.actions.markStep('a1', 3, step.id, 'running');

    expect(await actions.handOver('a1', 2)).toBe(false);
    expect(await actions.log('a1', 2, 'late')).toBe(false);
    expect(await actions.end('a1', 2, 'Failed', 'late')).toBe(false);
    expect((await actions.steps('a1')).map(({ state }) => state)).toEqual(['running', 'pending']);
    expect(await actions.lines('a1', 0)).toEqual([]);

    expect(await other.actions.log('a1', 3, 'last')).toBe(true);
    expect(await other.actions.end('a1', 3, 'Success', null)).toBe(true);
    expect(await other.actions.log('a1', 3, 'late')).toBe(false);
    expect((await actions.lines('a1', 0)).map(({ text }) => text)).toEqual(['last']);
  });

  test.each([
    ['Failed', 'failed'],
    ['Canceled', 'pending'],
  ] as const)('that end %s leave no step running: %s', async (state, left) => {
    const { actions } = await openActions();
    await actions.create(action('a1'), saved([step, wait]));
    await actions.take('a1');
    await actions.markStep('a1', 2, step.id, 'done');
    await actions.markStep('a1', 2, wait.id, 'running');
    await actions.end('a1', 2, state, 'so');
    expect((await actions.steps('a1')).map((recorded) => recorded.state)).toEqual(['done', left]);
  });

  test('whose runner died have failed, others have not', async () => {
    const { actions, processes } = await openActions();
    await actions.create(action('dead'), saved([step, wait]));
    await actions.take('dead');
    await actions.markStep('dead', 2, step.id, 'running');
    expect(await actions.failAbandoned('ann')).toEqual([]);
    expect(await actions.get('dead')).toMatchObject({ state: 'In progress' });

    processes.kill(processNamed(1));
    expect(await actions.failAbandoned('bob')).toEqual([]);
    expect(await actions.get('dead')).toMatchObject({ state: 'In progress' });
    const ended = await actions.failAbandoned('ann');
    expect(ended).toMatchObject([{ id: 'dead', state: 'Failed', reason: 'interrupted', canceledBy: null }]);
    expect(await actions.get('dead')).toEqual(ended[0]);
    expect(await actions.failAbandoned('ann')).toEqual([]);
    expect((await actions.steps('dead')).map(({ state }) => state)).toEqual(['failed', 'pending']);
    expect((await actions.lines('dead', 0)).at(-1)?.text).toContain('interrupted');
  });

  test('whose runner died while it was to stop are canceled', async () => {
    const { actions, processes } = await openActions();
    await actions.create(action('dead'), saved([step]));
    await actions.take('dead');
    await actions.markStep('dead', 2, step.id, 'running');
    await actions.cancel('dead', 'bob');
    await actions.create(action('pending'), saved([]));
    processes.kill(processNamed(1));
    expect(await actions.failAbandoned('ann')).toMatchObject([
      { id: 'dead', state: 'Canceled', reason: 'canceled by bob', canceledBy: 'bob' },
      { id: 'pending', state: 'Failed', reason: 'interrupted' },
    ]);
    expect((await actions.steps('dead')).map(({ state }) => state)).toEqual(['pending']);
  });

  test('are listed newest first, filtered', async () => {
    const { actions, store } = await openActions();
    await actions.create(action('aa1'), saved([]));
    await actions.create(
      action('aa2', { stack: 'other', object: { kind: 'service', id: 'svc', name: 'web.other' } }),
      saved([]),
    );
    await actions.create(action('b1', { namespace: 'bob' }), saved([]));
    await store.actions('swarm').create(action('s1'), saved([]));
    await actions.take('aa1');
    const listed = async (filter: object) => (await actions.list('ann', filter)).map(({ id }) => id);
    expect(await listed({})).toEqual(['aa2', 'aa1']);
    expect(await listed({ limit: 1 })).toEqual(['aa2']);
    expect(await listed({ state: 'In progress' })).toEqual(['aa1']);
    expect(await listed({ stack: 'other' })).toEqual(['aa2']);
    expect(await listed({ stack: 'svc' })).toEqual(['aa2']);
    expect((await actions.byIdPrefix('ann', 'aa')).map(({ id }) => id).sort()).toEqual(['aa1', 'aa2']);
    expect(await actions.byIdPrefix('ann', 'a%')).toEqual([]);
    expect(await actions.get('s1')).toBeNull();
  });

  test('have a log in the order it was written', async () => {
    const { actions } = await openActions();
    await actions.create(action('a1'), saved([]));
    await actions.log('a1', 1, 'one');
    await actions.log('a1', 1, 'two');
    expect((await actions.lines('a1', 0)).map(({ sequence, text }) => [sequence, text])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    expect((await actions.lines('a1', 1)).map(({ text }) => text)).toEqual(['two']);
  });
});

describe('an action that is to be canceled', () => {
  test('ends at once when nobody runs it', async () => {
    const { actions } = await openActions();
    await actions.create(action('a1'), saved([step]));
    expect(await actions.cancel('a1', 'bob')).toBe(true);
    expect(await actions.get('a1')).toMatchObject({ state: 'Canceled', reason: 'canceled by bob', canceledBy: 'bob' });
    expect(await actions.take('a1')).toBeNull();
    expect(await actions.cancel('a1', 'bob')).toBe(false);
    expect(await actions.cancel('none', 'bob')).toBe(false);
  });

  test('keeps the way back that was saved with it', async () => {
    const { actions } = await openActions();
    await actions.create(action('a1'), saved([step], [wait]));
    expect(await actions.wayBack('a1')).toEqual([wait]);
    expect(await actions.replan('a1', 1, { ...saved([step]), stackId: 'id-2' }, 3)).toBe(true);
    expect(await actions.wayBack('a1')).toBeNull();
    expect(await actions.get('a1')).toMatchObject({ stackId: 'id-2' });
  });

  test('is wound down by its runner, and handed to nobody', async () => {
    const { actions } = await openActions();
    await actions.create(action('a1'), saved([step, wait]));
    await actions.take('a1');
    await actions.markStep('a1', 2, step.id, 'running');
    await actions.cancel('a1', 'bob');
    expect(await actions.cancel('a1', 'carl')).toBe(true);
    expect(await actions.handOver('a1', 2)).toBe(false);
    expect(await actions.markStep('a1', 2, step.id, 'done')).toBe(true);
    expect(await actions.log('a1', 2, 'stopping')).toBe(true);
    expect(await actions.get('a1')).toMatchObject({ state: 'Canceling', canceledBy: 'bob' });
    expect(await actions.end('a1', 2, 'Success', null)).toBe(true);
    expect(await actions.markStep('a1', 2, wait.id, 'done')).toBe(false);
  });

  test('tells its runner', async () => {
    const { actions } = await openActions();
    await actions.create(action('a1'), saved([]));
    expect(await actions.pulse('a1', 1)).toBe('go on');
    await actions.take('a1');
    expect(await actions.pulse('a1', 1)).toBe('lost');
    expect(await actions.pulse('a1', 2)).toBe('go on');
    await actions.cancel('a1', 'bob');
    expect(await actions.pulse('a1', 2)).toBe('canceled');
    await actions.end('a1', 2, 'Canceled', null);
    expect(await actions.pulse('a1', 2)).toBe('lost');
    expect(await actions.pulse('none', 1)).toBe('lost');
  });
});

describe('an action that has ended', () => {
  test('is opened again by the process that retries it, with the steps that are not done', async () => {
    const { actions, path } = await openActions();
    const steps = ['one', 'two', 'three', 'four'].map((id) => ({ ...step, id }));
    await actions.create(action('a1'), saved(steps));
    expect(await actions.reopen('a1')).toBeNull();
    await actions.take('a1');
    await actions.markStep('a1', 2, 'one', 'done');
    await actions.markStep('a1', 2, 'two', 'skipped');
    await actions.markStep('a1', 2, 'three', 'running');
    expect(await actions.reopen('a1')).toBeNull();
    await actions.cancel('a1', 'bob');
    await actions.end('a1', 2, 'Failed', 'so');
    expect((await actions.steps('a1')).map(({ state }) => state)).toEqual(['done', 'skipped', 'failed', 'pending']);

    const other = await openActions(new FakeProcesses(processNamed(2)), path);
    const reopened = { state: 'Pending', epoch: 3, endedAt: null, reason: null, canceledBy: null };
    expect(await other.actions.reopen('a1')).toMatchObject({ ...reopened, runner: processNamed(2), leaseEpoch: 7 });
    expect((await actions.steps('a1')).map(({ state }) => state)).toEqual(['done', 'skipped', 'pending', 'pending']);
    expect(await actions.log('a1', 2, 'late')).toBe(false);
    expect(await actions.end('a1', 2, 'Failed', 'late')).toBe(false);
    expect(await other.actions.take('a1')).toMatchObject({ epoch: 4 });
    expect(await other.actions.reopen('none')).toBeNull();
  });

  test('gets other steps, under the lease they were planned under', async () => {
    const { actions } = await openActions();
    await actions.create(action('a1'), saved([step, wait]));
    await actions.take('a1');
    await actions.markStep('a1', 2, step.id, 'done');
    expect(await actions.replan('a1', 1, saved([]), 9)).toBe(false);
    expect(await actions.replan('a1', 2, saved([wait]), 9)).toBe(true);
    expect(await actions.steps('a1')).toEqual([{ ...wait, state: 'pending', undo: false }]);
    expect(await actions.get('a1')).toMatchObject({ leaseEpoch: 9 });
    expect(await actions.underLease('a1', 1, 11)).toBe(false);
    expect(await actions.underLease('a1', 2, 10)).toBe(true);
    expect(await actions.get('a1')).toMatchObject({ leaseEpoch: 10 });
    await actions.end('a1', 2, 'Success', null);
    expect(await actions.replan('a1', 2, saved([]), 12)).toBe(false);
    expect(await actions.addUndo('a1', 2, [undo], 12)).toBe(false);
    expect(await actions.underLease('a1', 2, 12)).toBe(false);
    expect(await actions.steps('a1')).toHaveLength(1);
  });

  test('may have been taken back, by steps that are called like those before', async () => {
    const { actions } = await openActions();
    await actions.create(action('a1'), saved([step, wait]));
    await actions.take('a1');
    await actions.markStep('a1', 2, step.id, 'done');
    await actions.markStep('a1', 2, wait.id, 'running');
    expect(await actions.addUndo('a1', 1, [undo], 8)).toBe(false);
    expect(await actions.addUndo('a1', 2, [undo], 8)).toBe(true);
    await actions.markStep('a1', 2, undo.id, 'running');
    expect(await actions.steps('a1')).toEqual([
      { ...step, state: 'done', undo: false },
      { ...wait, state: 'failed', undo: false },
      { ...undo, state: 'running', undo: true },
    ]);
    expect(await actions.get('a1')).toMatchObject({ leaseEpoch: 8 });
  });
});
