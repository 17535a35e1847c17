import { describe, expect, test } from 'vitest';
import type { Wanted } from '../../../../src/lib/control/actions/verdict.js';
import { DeadlineReached, Waiter, type WaiterOptions } from '../../../../src/lib/control/actions/wait.js';
import type { ProgressEvent } from '../../../../src/lib/port/verb.js';
import { task } from '../fake-engine.js';
import { type Scene, ScriptedEngine } from './scripted-engine.js';

const startMs = Date.parse('2026-01-01T00:00:00.000Z');

function wanted(name: string, rest: Partial<Wanted> = {}): Wanted {
  return { name, definition: { image: 'web:1' }, replicas: 1, hash: 'hash', generation: 1, ...rest };
}

/** A waiter over an engine that shows these scenes, a second apart by its clock. */
function waiterFor(scenes: readonly Scene[], given: Partial<WaiterOptions> = {}) {
  const engine = new ScriptedEngine(scenes, { startMs, stepMs: 1_000 });
  const events: ProgressEvent[] = [];
  const lines: string[] = [];
  const waiter = new Waiter({
    engine,
    scope: { namespace: 'ann', stack: 'shop' },
    fence: { epoch: 1 },
    context: { signal: new AbortController().signal, progress: (event) => events.push(event) },
    // This host's clock stands still, and is years behind the engine's.
    now: () => 0,
    pollMs: 1,
    deadlineMs: null,
    log: async (line) => {
      lines.push(line);
    },
    ...given,
  });
  return { engine, waiter, events, lines };
}

const coming = (service: string) => task({ service, state: 'Starting', startedAt: null });
const crashed = (service: string) => task({ service, state: 'Stopped', exitCode: 3, message: 'exit code 3' });

describe('a wait', () => {
  test('ends when all services are as wanted, and gives the verdict of each', async () => {
    const done = task({ service: 'migrate', state: 'Stopped', exitCode: 0 });
    const idle = { observed: { idle: { stopped: true } } };
    const { waiter, events, lines, engine } = waiterFor([
      { tasks: [coming('web'), done], ...idle },
      { tasks: [task(), done], ...idle },
    ]);
    const verdict = await waiter.converge([wanted('web'), wanted('migrate'), wanted('idle', { stopped: true })], 0);
    const stopped = { status: 'stopped', ready: 0, desired: 0 };
    expect(verdict).toEqual({
      stack: 'shop',
      outcome: 'converged',
      services: [
        { service: 'idle', outcome: 'stopped', ...stopped, task: null },
        {
          ...{ service: 'migrate', outcome: 'completed', status: 'completed (exit code 0)', ready: 1, desired: 1 },
          task: null,
        },
        { service: 'web', outcome: 'converged', status: 'running (1 of 1)', ready: 1, desired: 1, task: null },
      ],
    });
    const web = { kind: 'service', name: 'web' };
    expect(events).toEqual([
      { ...web, phase: 'working', status: 'starting (0 of 1 running)', ready: 0, desired: 1 },
      { kind: 'service', name: 'migrate', phase: 'done', status: 'completed (exit code 0)', ready: 1, desired: 1 },
      { kind: 'service', name: 'idle', phase: 'done', ...stopped },
      { ...web, phase: 'done', status: 'running (1 of 1)', ready: 1, desired: 1 },
    ]);
    expect(lines.filter((line) => line.startsWith('web'))).toEqual([
      'web: starting (0 of 1 running)',
      'web is running (1 of 1)',
    ]);
    expect(engine.asked).toEqual([]);
  });

  test("counts time by the engine's clock", async () => {
    const young = task({ startedAt: new Date(startMs).toISOString() });
    const { waiter, engine } = waiterFor([{ tasks: [young] }]);
    await waiter.converge([wanted('web')], 3_000);
    expect(engine.looks).toBe(4);
  });

  test('takes nothing for running that has ended since it was seen', async () => {
    const since = new Date(startMs - 9_000).toISOString();
    const restarting = task({ startedAt: null, createdAt: since, state: 'Starting', restarts: 1 });
    const up = task({ startedAt: since, createdAt: since });
    const { waiter, engine, lines } = waiterFor([
      { tasks: [up], fresh: [crashed('web')] },
      { tasks: [up], fresh: [restarting] },
    ]);
    await expect(waiter.converge([wanted('web')], 3_000)).rejects.toMatchObject({ code: 'rollout_failed' });
    expect(engine.looks).toBe(1);
    expect(lines.filter((line) => line.includes('running'))).toEqual([]);

    const again = waiterFor([{ tasks: [up], fresh: [restarting] }, { tasks: [up] }]);
    await again.waiter.converge([wanted('web')], 0);
    expect(again.lines).toEqual(['web: starting (0 of 1 running)', 'web is running (1 of 1)']);
  });

  test('does not count what happened before it began, and counts what happened before it looked', async () => {
    const restarts = 5;
    const old = task({ restarts, createdAt: new Date(startMs - 1).toISOString(), startedAt: null, state: 'Starting' });
    const up = { ...old, state: 'Running' as const, startedAt: new Date(startMs - 9_000).toISOString() };
    const { waiter } = waiterFor([{ tasks: [old] }, { tasks: [up] }]);
    expect((await waiter.converge([wanted('web')], 0)).outcome).toBe('converged');

    // Half a minute went by for this host between the beginning and the first look.
    const times = [0, 30_000];
    const born = { ...old, createdAt: new Date(startMs - 29_000).toISOString(), exitCode: 1 };
    const late = waiterFor([{ tasks: [born] }], { now: () => times.shift() ?? 30_000 });
    await expect(late.waiter.converge([wanted('web')], 0)).rejects.toMatchObject({ code: 'rollout_failed' });
  });

  test('remembers services that nobody waited for yet', async () => {
    const loop = (restarts: number) =>
      task({ state: 'Starting', restarts, exitCode: 1, createdAt: new Date(startMs - 60_000).toISOString() });
    const db = task({ service: 'db', health: 'healthy' });
    const { waiter } = waiterFor([
      { tasks: [loop(0), { ...db, health: 'starting' }] },
      { tasks: [loop(2), db] },
      { tasks: [loop(3), db] },
    ]);
    await waiter.gate(wanted('db'), 'healthy');
    await expect(waiter.converge([wanted('web')], 0)).rejects.toMatchObject({ code: 'rollout_failed' });
  });

  test.each([
    ['the reason of the signal', new Error('enough'), { message: 'enough' }],
    ['an AbortError where there is none', undefined, { name: 'AbortError' }],
  ])('that is aborted ends with %s', async (_what, reason, error) => {
    const stop = new AbortController();
    const { waiter } = waiterFor([{ tasks: [coming('web')] }], {
      context: { signal: stop.signal },
      pollMs: 60_000,
      log: async () => {
        stop.abort(reason);
      },
    });
    await expect(waiter.converge([wanted('web')], 0)).rejects.toMatchObject(error);
  });

  test('until a service is gone', async () => {
    const { waiter, lines } = waiterFor([
      { tasks: [task({ state: 'Stopping' })] },
      { tasks: [task({ state: 'Terminated' })] },
    ]);
    await waiter.gone('web');
    expect(lines).toEqual(['web: stopping (1 left)', 'web is gone']);
  });
});

describe('a wait without hope', () => {
  test('tells the verdict of all, the worst first in words', async () => {
    const nowhere = task({ service: 'cache', state: 'Init', unplaceable: true, startedAt: null, message: 'no node' });
    const { waiter, engine, events } = waiterFor([
      { tasks: [task({ service: 'web' }), coming('db'), nowhere, coming('worker')] },
      { tasks: [task({ service: 'web' }), coming('db'), nowhere, coming('worker')] },
      { tasks: [task({ service: 'web' }), coming('db'), nowhere, crashed('worker')] },
    ]);
    engine.logLines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
    const names = ['web', 'db', 'cache', 'worker'];
    const error: unknown = await waiter
      .converge(
        names.map((name) => wanted(name)),
        60_000,
      )
      .catch((thrown: unknown) => thrown);
    const logs = engine.logLines.slice(-8);
    expect(error).toMatchObject({
      code: 'rollout_failed',
      message: 'service worker exited with code 3',
      detail: [
        'worker-1: exit code 3',
        'last log lines:',
        ...logs.map((line) => `  ${line}`),
        'service cache cannot be placed on any node',
        'no node',
        'not there yet: db (starting (0 of 1 running)), web (making sure it stays up (1 of 1 running))',
      ].join('\n'),
      data: {
        verdict: {
          stack: 'shop',
          outcome: 'failing',
          services: [
            { service: 'cache', outcome: 'unplaceable', task: { message: 'no node', exitCode: null } },
            { service: 'db', outcome: 'waiting', ready: 0, desired: 1, task: null },
            {
              ...{ service: 'worker', outcome: 'failing', status: 'exited with code 3' },
              task: { container: 'worker-1', node: 'node-1', exitCode: 3, message: 'exit code 3', restarts: 0, logs },
            },
            { service: 'web', outcome: 'waiting' },
          ].sort((one, other) => (one.service < other.service ? -1 : 1)),
        },
      },
    });
    expect(events.filter(({ phase }) => phase === 'failed').map(({ name }) => name)).toEqual(['cache', 'worker']);
  });

  test('tells what it knows where the log cannot be read', async () => {
    const { waiter, engine } = waiterFor([{ tasks: [crashed('web')] }]);
    engine.failLogs = true;
    await expect(waiter.converge([wanted('web')], 0)).rejects.toMatchObject({
      code: 'rollout_failed',
      detail: 'web-1: exit code 3',
    });
  });

  test.each([
    ['paused', { rollout: { state: 'paused', message: 'web-1 failed' } }, 'the update of service web was paused'],
    ['rolled_back', { hash: 'older' }, 'service web was rolled back: its new version failed'],
  ] as const)('that the engine ended as %s', async (code, observed, message) => {
    const { waiter } = waiterFor([{ tasks: [crashed('web')], observed: { web: observed } }]);
    await expect(waiter.converge([wanted('web')], 0)).rejects.toMatchObject({
      code,
      message,
      detail: expect.stringContaining('web-1: exit code 3'),
      data: { verdict: { outcome: code } },
    });
  });

  test('at a gate on a service that is stopped', async () => {
    const { waiter } = waiterFor([{ tasks: [], observed: { db: { stopped: true } } }]);
    await expect(waiter.gate(wanted('db', { stopped: true }), 'healthy')).rejects.toMatchObject({
      code: 'rollout_failed',
      message: 'service db is stopped',
      hint: 'Start it with `berth service start db.shop`.',
    });
  });
});

test('a wait whose time is up tells what is not there yet', async () => {
  const again = task({ service: 'db', state: 'Starting', restarts: 1, exitCode: 2 });
  const { waiter, engine } = waiterFor([{ tasks: [task(), again] }], { deadlineMs: 0 });
  engine.logLines = ['connection refused'];
  const error: unknown = await waiter.converge([wanted('web'), wanted('db')], 0).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeadlineReached);
  expect(error).toMatchObject({
    status: 'db: restarting after exit code 2 (0 of 1 running)',
    verdict: {
      outcome: 'timed_out',
      services: [
        { service: 'db', outcome: 'timed_out', task: { exitCode: 2, logs: ['connection refused'] } },
        { service: 'web', outcome: 'converged', task: null },
      ],
    },
  });
});
