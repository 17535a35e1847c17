import Libsql from 'libsql';
import { describe, expect, test } from 'vitest';
import type { Intent } from '../../../../src/lib/plan/intent.js';
import type { Step } from '../../../../src/lib/plan/steps.js';
import { processNamed } from '../fake-processes.js';
import { action, openActions, saved, step } from './action-fixtures.js';

describe('details of actions', () => {
  const secret = 'pa55word';
  const scope = { namespace: 'ann', stack: 'shop' };
  const bodies: Step['body'][] = [
    {
      do: 'release',
      id: 'id-1',
      definition: { name: 'shop', services: { web: { environment: { A: secret } } } },
      overlays: { config: { web: { A: secret } }, limits: {}, placement: {} },
      standalone: false,
      summary: 'set A',
      rollbackOf: null,
    },
    {
      do: 'apply',
      resource: {
        ...scope,
        kind: 'service',
        name: 'web',
        replicas: 2,
        definition: { environment: { A: secret } },
        hash: 'h',
        generation: 1,
      },
    },
    { do: 'apply', resource: { ...scope, kind: 'secret', name: 's', definition: { name: 'shop_s', content: secret } } },
    {
      do: 'apply',
      resource: { ...scope, kind: 'volume', name: 'v', definition: { name: 'shop_v', driver_opts: { o: secret } } },
    },
    { do: 'converge', services: ['web'], monitorMs: 500, deploys: true },
  ];
  const steps = bodies.map((body, index): Step => ({ ...step, id: `step ${index}`, body }));
  const up: Intent = {
    want: 'configure',
    service: null,
    values: { A: secret },
    replace: false,
    expect: null,
    limits: {},
    placement: {},
    redeploy: true,
    monitorMs: 500,
  };

  test('are dropped with the stack: it can be shown, and not be retried', async () => {
    const { actions, path } = await openActions();
    await actions.create(action('a1', { intent: up }), saved(steps));
    await actions.end('a1', 1, 'Failed', 'so');
    await actions.dropDetails('ann', 'shop');
    expect(await actions.get('a1')).toMatchObject({ state: 'Failed', reason: 'so', retryable: false });
    expect(await actions.intent('a1')).toBeNull();
    expect(await actions.reopen('a1')).toBeNull();
    const left = await actions.steps('a1');
    expect(left.map(({ body: _body, ...face }) => face)).toEqual(
      steps.map(({ body: _body, ...face }) => ({ ...face, state: 'pending', undo: false })),
    );
    expect(left.map(({ body }) => body)).toMatchObject([
      {
        definition: { name: 'shop', services: {} },
        overlays: { config: {}, limits: {}, placement: {} },
        summary: 'set A',
      },
      { resource: { kind: 'service', name: 'web', definition: {} } },
      { resource: { kind: 'secret', definition: { name: 'shop_s' } } },
      { resource: { kind: 'volume', definition: { name: 'shop_v' } } },
      bodies[4],
    ]);
    expect(JSON.stringify(left)).not.toContain(secret);
    const database = new Libsql(path);
    const rows: unknown[] = [
      ...database.prepare('SELECT * FROM action').all(),
      ...database.prepare('SELECT * FROM action_step').all(),
    ];
    database.close();
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  test('stay where they may still be needed', async () => {
    const { actions } = await openActions();
    await actions.create(action('running', { intent: up }), saved(steps));
    await actions.take('running');
    await actions.create(action('other', { stack: 'other' }), saved(steps));
    await actions.end('other', 1, 'Failed', null);
    await actions.create(action('bob', { namespace: 'bob' }), saved(steps));
    await actions.end('bob', 1, 'Failed', null);
    await actions.dropDetails('ann', 'shop');
    for (const id of ['running', 'other', 'bob']) {
      expect(await actions.get(id)).toMatchObject({ retryable: true });
      expect((await actions.steps(id)).map(({ body }) => body)).toEqual(bodies);
    }
  });
});

describe('events of actions', () => {
  test('tell each change of a state, in order', async () => {
    const { actions, store } = await openActions();
    await actions.create(action('a1'), saved([step]));
    await actions.take('a1');
    await actions.handOver('a1', 2);
    await store.actions('swarm').create(action('s1'), saved([]));
    await actions.create(action('b1', { namespace: 'bob' }), saved([]));
    await actions.take('a1');
    await actions.cancel('a1', 'bob');
    await actions.cancel('a1', 'bob');
    await actions.end('a1', 3, 'Canceled', 'canceled by bob');
    await actions.end('a1', 3, 'Failed', 'late');
    await actions.reopen('a1');
    const events = await actions.events('ann', 0, 100);
    expect(events.map(({ state, reason }) => [state, reason])).toEqual([
      ['Pending', null],
      ['In progress', null],
      ['Pending', null],
      ['In progress', null],
      ['Canceling', null],
      ['Canceled', 'canceled by bob'],
      ['Pending', null],
    ]);
    const { id, name, object, stack, user } = action('a1');
    expect(events[0]).toMatchObject({ at: '2026-01-02T03:04:05.678Z', action: { id, name, object, stack, user } });
    const sequences = events.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((one, other) => one - other));
    expect(await actions.events('ann', sequences[1] ?? 0, 2)).toEqual(events.slice(2, 4));
    expect((await actions.events('bob', 0, 10)).map((event) => event.action.id)).toEqual(['b1']);
    expect(await actions.events('ann', sequences.at(-1) ?? 0, 10)).toEqual([]);
  });

  test('tell of an action whose runner died', async () => {
    const { actions, processes } = await openActions();
    await actions.create(action('a1'), saved([]));
    processes.kill(processNamed(1));
    await actions.failAbandoned('ann');
    expect((await actions.events('ann', 0, 10)).map(({ state, reason }) => [state, reason])).toEqual([
      ['Pending', null],
      ['Failed', 'interrupted'],
    ]);
  });
});

describe('retention', () => {
  test('keeps the last 1,000 ended actions of a namespace, and all that have not ended', async () => {
    const { actions } = await openActions();
    await actions.create(action('unfinished'), saved([]));
    await actions.create(action('bob', { namespace: 'bob' }), saved([]));
    for (let index = 0; index < 1_003; index++) {
      const id = `a${index}`;
      await actions.create(action(id), saved([step]));
      await actions.log(id, 1, 'line');
      await actions.end(id, 1, 'Success', null);
    }
    await actions.create(action('last'), saved([]));
    const ids = (await actions.list('ann', {})).map(({ id }) => id);
    expect(ids).toHaveLength(1_002);
    expect(ids.slice(-2)).toEqual(['a3', 'unfinished']);
    expect(await actions.get('bob')).not.toBeNull();
    expect(await actions.steps('a2')).toEqual([]);
    expect(await actions.lines('a2', 0)).toEqual([]);
    const told = new Set((await actions.events('ann', 0, 10_000)).map((event) => event.action.id));
    expect([told.has('a2'), told.has('a3'), told.has('unfinished')]).toEqual([false, true, true]);
  });

  test('keeps the last 5,000 changes of a state', async () => {
    const { actions } = await openActions();
    await actions.create(action('bob', { namespace: 'bob' }), saved([]));
    await actions.create(action('a1'), saved([]));
    let epoch = 1;
    for (let index = 0; index < 2_502; index++) {
      await actions.end('a1', epoch, 'Failed', `failure ${index}`);
      epoch = (await actions.reopen('a1'))?.epoch ?? 0;
    }
    await actions.create(action('last'), saved([]));
    const events = await actions.events('ann', 0, 10_000);
    expect([events.length, events[0]?.reason, events.at(-1)?.action.id]).toEqual([5_000, null, 'last']);
    expect(events[1]?.reason).toBe('failure 3');
    expect(await actions.events('bob', 0, 10)).toHaveLength(1);
  });

  test('keeps the last 10,000 lines of a log', async () => {
    const { actions } = await openActions();
    await actions.create(action('a1'), saved([]));
    for (let index = 1; index <= 10_002; index++) await actions.log('a1', 1, `line ${index}`);
    const lines = await actions.lines('a1', 0);
    expect([lines.length, lines[0]?.text, lines.at(-1)?.text]).toEqual([10_000, 'line 3', 'line 10002']);
  });
});
