import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NewAction } from '../../../../src/lib/control/actions/records.js';
import type { Step } from '../../../../src/lib/plan/steps.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

const step: Step = {
  id: 'create service web',
  operation: 'create',
  kind: 'service',
  name: 'web',
  reasons: ['new'],
  wave: 1,
  body: {
    do: 'apply',
    resource: {
      kind: 'service',
      namespace: 'ann',
      stack: 'shop',
      name: 'web',
      replicas: 2,
      definition: { image: 'web:1', environment: { A: null } },
      hash: 'h',
      generation: 1,
      completes: true,
    },
  },
};
const wait: Step = {
  ...step,
  id: 'wait stack shop',
  operation: 'wait',
  body: { do: 'converge', services: ['web'], monitorMs: 500, deploys: true },
};

function action(id: string, rest: Partial<NewAction> = {}): NewAction {
  const object = { kind: 'stack', id: 'id-1', name: 'shop' } as const;
  return { id, namespace: 'ann', name: 'Stack Up', object, stack: 'shop', user: 'ann', ...rest };
}

async function openActions(processes = new FakeProcesses(processNamed(1)), path = join(temporaryFolder(), 'berth.db')) {
  const store = await openTemporaryStore({ processes, path });
  return { actions: store.actions('sandbox'), store, processes, path };
}

describe('actions', () => {
  test('are saved with their steps before anything runs', async () => {
    const { actions } = await openActions();
    const created = await actions.create(action('a1'), [step, wait]);
    expect(created).toEqual({
      ...action('a1'),
      state: 'Pending',
      startedAt: '2026-01-02T03:04:05.678Z',
      endedAt: null,
      reason: null,
      runner: processNamed(1),
      epoch: 1,
    });
    expect(await actions.steps('a1')).toEqual([
      { ...step, state: 'pending' },
      { ...wait, state: 'pending' },
    ]);
  });

  test('run in one epoch at a time', async () => {
    const { actions, path } = await openActions();
    await actions.create(action('a1'), [step]);
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
    await actions.create(action('a1'), [step, wait]);
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
    await actions.create(action('a1'), [step, wait]);
    await actions.take('a1');
    await actions.markStep('a1', 2, step.id, 'done');
    await actions.markStep('a1', 2, wait.id, 'running');
    await actions.end('a1', 2, state, 'so');
    expect((await actions.steps('a1')).map((recorded) => recorded.state)).toEqual(['done', left]);
  });

  test('whose runner died have failed, others have not', async () => {
    const { actions, processes } = await openActions();
    await actions.create(action('dead'), [step, wait]);
    await actions.take('dead');
    await actions.markStep('dead', 2, step.id, 'running');
    await actions.failAbandoned('ann');
    expect(await actions.get('dead')).toMatchObject({ state: 'In progress' });

    processes.kill(processNamed(1));
    await actions.failAbandoned('bob');
    expect(await actions.get('dead')).toMatchObject({ state: 'In progress' });
    await actions.failAbandoned('ann');
    expect(await actions.get('dead')).toMatchObject({ state: 'Failed', reason: 'interrupted' });
    expect((await actions.steps('dead')).map(({ state }) => state)).toEqual(['failed', 'pending']);
    expect((await actions.lines('dead', 0)).at(-1)?.text).toContain('interrupted');
  });

  test('are listed newest first, filtered', async () => {
    const { actions, store } = await openActions();
    await actions.create(action('aa1'), []);
    await actions.create(
      action('aa2', { stack: 'other', object: { kind: 'service', id: 'svc', name: 'web.other' } }),
      [],
    );
    await actions.create(action('b1', { namespace: 'bob' }), []);
    await store.actions('swarm').create(action('s1'), []);
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
    await actions.create(action('a1'), []);
    await actions.log('a1', 1, 'one');
    await actions.log('a1', 1, 'two');
    expect((await actions.lines('a1', 0)).map(({ sequence, text }) => [sequence, text])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    expect((await actions.lines('a1', 1)).map(({ text }) => text)).toEqual(['two']);
  });
});

describe('retention', () => {
  test('keeps the last 1,000 ended actions of a namespace, and all that have not ended', async () => {
    const { actions } = await openActions();
    await actions.create(action('unfinished'), []);
    await actions.create(action('bob', { namespace: 'bob' }), []);
    for (let index = 0; index < 1_003; index++) {
      const id = `a${index}`;
      await actions.create(action(id), [step]);
      await actions.log(id, 1, 'line');
      await actions.end(id, 1, 'Success', null);
    }
    await actions.create(action('last'), []);
    const ids = (await actions.list('ann', {})).map(({ id }) => id);
    expect(ids).toHaveLength(1_002);
    expect(ids.slice(-2)).toEqual(['a3', 'unfinished']);
    expect(await actions.get('bob')).not.toBeNull();
    expect(await actions.steps('a2')).toEqual([]);
    expect(await actions.lines('a2', 0)).toEqual([]);
  });

  test('keeps the last 10,000 lines of a log', async () => {
    const { actions } = await openActions();
    await actions.create(action('a1'), []);
    for (let index = 1; index <= 10_002; index++) await actions.log('a1', 1, `line ${index}`);
    const lines = await actions.lines('a1', 0);
    expect([lines.length, lines[0]?.text, lines.at(-1)?.text]).toEqual([10_000, 'line 3', 'line 10002']);
  });
});
