import { describe, expect, test } from 'vitest';
import { Watch } from '../../../../src/lib/control/actions/verdict.js';
import type { ObservedService, Task } from '../../../../src/lib/control/engines/engine.js';
import type { Service } from '../../../../src/lib/compose/project.js';
import { task } from '../fake-engine.js';

const startMs = Date.parse('2026-01-01T00:00:00.000Z');
const nowMs = startMs + 60_000;

function wanted(replicas: number, definition: Service = { image: 'web:1' }) {
  return { name: 'web', definition, replicas, hash: 'hash', generation: 1 };
}

function observed(rest: Partial<ObservedService> = {}): ObservedService {
  const { name, definition, replicas, hash, generation } = wanted(1);
  return {
    kind: 'service',
    namespace: 'ann',
    stack: 'shop',
    name,
    definition,
    replicas,
    hash,
    generation,
    updating: false,
    ...rest,
  };
}

function judge(tasks: readonly Task[], replicas = tasks.length, definition?: Service, seen = observed()) {
  return new Watch(startMs).judge(wanted(replicas, definition), seen, tasks, nowMs);
}

describe('a service', () => {
  test('has converged when exactly the replicas asked for run', () => {
    const all = { outcome: 'converged', status: 'running (2 of 2)', ready: 2, desired: 2, task: undefined };
    expect(judge([task(), task({ slot: 2 })])).toEqual(all);
    const one = { outcome: 'waiting', status: 'starting (1 of 2 running)', ready: 1, desired: 2, task: undefined };
    expect(judge([task()], 2)).toEqual(one);
    expect(judge([], 0)).toMatchObject({ outcome: 'stopped', status: 'stopped (0 replicas)', desired: 0 });
    expect(judge([task(), task({ slot: 2, desired: false, state: 'Stopping' })], 1)).toMatchObject({
      outcome: 'waiting',
      status: 'stopping 1 (1 of 1 running)',
    });
  });

  test('that the engine does not have yet is waited for', () => {
    expect(new Watch(startMs).judge(wanted(1), undefined, [], nowMs)).toMatchObject({ outcome: 'waiting' });
  });

  test('with a health check has to be healthy', () => {
    expect(judge([task({ health: 'starting' })])).toMatchObject({
      outcome: 'waiting',
      status: 'waiting for its health check (0 of 1 running)',
    });
    expect(judge([task({ health: 'healthy' })])).toMatchObject({ outcome: 'converged' });
  });

  test('that says no to its health check for a while is failing', () => {
    const watch = new Watch(startMs);
    const sick = [task({ health: 'unhealthy' })];
    expect(watch.judge(wanted(1), observed(), sick, nowMs)).toMatchObject({ outcome: 'waiting' });
    expect(watch.judge(wanted(1), observed(), sick, nowMs + 2_000)).toMatchObject({
      outcome: 'failing',
      status: 'is unhealthy',
    });
  });

  test('that runs once has completed when it has exited with 0', () => {
    const done = task({ state: 'Stopped', exitCode: 0 });
    expect(judge([done])).toMatchObject({ outcome: 'completed', status: 'completed (exit code 0)', ready: 1 });
    expect(judge([done, task({ slot: 2 })])).toMatchObject({
      outcome: 'converged',
      status: 'running (1 of 2, 1 completed)',
    });
    expect(judge([done], 1, { restart: 'on-failure' })).toMatchObject({ outcome: 'completed' });
    expect(judge([done], 1, { restart: 'always' })).toMatchObject({ outcome: 'waiting' });
    expect(judge([done], 1, { restart: 'always', deploy: { mode: 'replicated-job' } })).toMatchObject({
      outcome: 'completed',
    });
  });

  test('whose replica ended for good with another code is failing', () => {
    const failed = task({ state: 'Stopped', exitCode: 2 });
    expect(judge([failed])).toMatchObject({
      outcome: 'failing',
      status: 'exited with code 2',
      task: { name: 'web-1' },
    });
    expect(judge([failed], 1, { restart: 'always' })).toMatchObject({ outcome: 'waiting' });
    expect(judge([failed], 1, { restart: 'on-failure:2' })).toMatchObject({ outcome: 'waiting' });
    expect(judge([{ ...failed, restarts: 2 }], 1, { restart: 'on-failure:2' })).toMatchObject({ outcome: 'failing' });
    expect(judge([failed], 1, { deploy: { restart_policy: { condition: 'none' } } })).toMatchObject({
      outcome: 'failing',
    });
    expect(judge([failed], 1, { deploy: { restart_policy: {} } })).toMatchObject({ outcome: 'waiting' });
  });

  test('that keeps exiting is failing after three restarts', () => {
    const looping = task({ state: 'Starting', exitCode: 1, restarts: 3 });
    expect(judge([looping])).toMatchObject({ outcome: 'failing', status: 'keeps exiting (with code 1, 3 restarts)' });
    expect(judge([{ ...looping, restarts: 2 }])).toMatchObject({
      outcome: 'waiting',
      status: 'restarting after exit code 1 (0 of 1 running)',
    });
  });

  test('is not blamed for what it did before', () => {
    const old = task({ state: 'Starting', exitCode: 1, restarts: 9, createdAt: '2025-01-01T00:00:00.000Z' });
    const watch = new Watch(startMs);
    expect(watch.judge(wanted(1), observed(), [old], nowMs)).toMatchObject({ outcome: 'waiting' });
    expect(watch.judge(wanted(1), observed(), [{ ...old, restarts: 12 }], nowMs)).toMatchObject({ outcome: 'failing' });
  });

  test('that has just been restarted has to stay up', () => {
    const again = task({ restarts: 1, startedAt: new Date(nowMs - 500).toISOString() });
    expect(judge([again])).toMatchObject({ outcome: 'waiting' });
    expect(judge([{ ...again, startedAt: new Date(nowMs - 2_000).toISOString() }])).toMatchObject({
      outcome: 'converged',
    });
  });

  test('has to stay up as long as it is monitored, unless a health check says that it is well', () => {
    const watch = new Watch(startMs);
    const judged = (given: Task, atMs: number) => watch.judge(wanted(1), observed(), [given], atMs, 500);
    const young = task({ startedAt: new Date(nowMs).toISOString() });
    expect(judged(young, nowMs)).toMatchObject({
      outcome: 'waiting',
      status: 'making sure it stays up (1 of 1 running)',
    });
    expect(judged(young, nowMs + 500)).toMatchObject({ outcome: 'converged' });
    expect(judged({ ...young, health: 'healthy' }, nowMs)).toMatchObject({ outcome: 'converged' });

    const ahead = task({ id: 'clock ahead', startedAt: new Date(nowMs + 3_600_000).toISOString() });
    expect(judged(ahead, nowMs)).toMatchObject({ outcome: 'waiting' });
    expect(judged(ahead, nowMs + 500)).toMatchObject({ outcome: 'converged' });
  });

  test('that could not be started at all is failing', () => {
    const missing = task({ state: 'Stopped', startedAt: null, message: 'no such image' });
    expect(judge([missing])).toMatchObject({ outcome: 'failing', status: 'cannot be started' });
    expect(judge([missing], 1, { restart: 'always' })).toMatchObject({ outcome: 'waiting' });
  });

  test('that no node takes cannot be placed, after a grace', () => {
    const watch = new Watch(startMs);
    const nowhere = task({ state: 'Init', unplaceable: true, message: 'no suitable node' });
    expect(watch.judge(wanted(1), observed(), [nowhere], nowMs)).toMatchObject({
      outcome: 'waiting',
      status: 'waiting for a node: no suitable node',
    });
    expect(watch.judge(wanted(1), observed(), [task()], nowMs + 1_000)).toMatchObject({ outcome: 'converged' });
    expect(watch.judge(wanted(1), observed(), [nowhere], nowMs + 1_500)).toMatchObject({ outcome: 'waiting' });
    expect(watch.judge(wanted(1), observed(), [nowhere], nowMs + 3_500)).toMatchObject({ outcome: 'unplaceable' });
  });

  test('on every node has no number of replicas', () => {
    const definition: Service = { deploy: { mode: 'global' } };
    expect(judge([task(), task({ slot: 2 }), task({ slot: 3 })], 1, definition)).toMatchObject({
      outcome: 'converged',
    });
    expect(new Watch(nowMs).judge(wanted(1, definition), observed(), [], nowMs)).toMatchObject({ outcome: 'waiting' });
    expect(new Watch(nowMs).judge(wanted(1, definition), observed(), [], nowMs + 5_000)).toMatchObject({
      outcome: 'stopped',
    });
  });
});

describe('a service that is to be stopped', () => {
  const stopped = (tasks: readonly Task[], seen: Partial<ObservedService> = { stopped: true }) =>
    new Watch(startMs).judge({ ...wanted(2), stopped: true }, observed(seen), tasks, nowMs);

  test('is stopped when nothing of it runs, however its replicas ended', () => {
    const killed = task({ state: 'Stopped', exitCode: 137 });
    const never = task({ slot: 2, state: 'Stopped', startedAt: null });
    expect(stopped([killed, never])).toEqual({
      ...{ outcome: 'stopped', status: 'stopped', ready: 0, desired: 0 },
      task: undefined,
    });
    expect(stopped([task(), killed])).toMatchObject({ outcome: 'waiting', status: 'stopping (1 left)' });
    expect(stopped([task({ state: 'Stopping', desired: false })])).toMatchObject({ outcome: 'waiting' });
    expect(stopped([killed], {})).toMatchObject({ outcome: 'waiting' });
  });

  test('and is started again is waited for: replicas that were stopped have not completed', () => {
    const old = task({ state: 'Stopped', exitCode: 0 });
    const judged = new Watch(startMs).judge(wanted(1), observed({ stopped: true }), [old], nowMs);
    expect(judged).toMatchObject({ outcome: 'waiting', status: 'about to start' });
  });

  test('never opens a gate', () => {
    const gate = new Watch(startMs).gate(
      'started',
      { ...wanted(1), stopped: true },
      observed({ stopped: true }),
      [task({ state: 'Stopped', exitCode: 0 })],
      nowMs,
    );
    expect(gate).toMatchObject({ outcome: 'failing', status: 'is stopped' });
  });
});

test('a replica that is paused, or was stopped by itself, is as somebody wants it: nobody waits for it', () => {
  const stopped = task({ slot: 3, state: 'Stopped', exitCode: 0, held: true });
  const paused = task({ slot: 2, state: 'Paused' });
  expect(judge([task(), paused, stopped])).toMatchObject({
    outcome: 'converged',
    status: 'running (1 of 3, 2 stopped or paused by hand)',
  });
  const starting = task({ slot: 4, state: 'Starting', startedAt: null });
  expect(judge([task(), paused, starting])).toMatchObject({ outcome: 'waiting', status: '1 paused (1 of 3 running)' });
});

test('a replica that keeps a service waiting is named', () => {
  const watch = new Watch(startMs);
  const nowhere = task({ slot: 2, state: 'Init', unplaceable: true, startedAt: null });
  expect(watch.judge(wanted(2), observed(), [task(), nowhere], nowMs)).toMatchObject({ task: { slot: 2 } });
  const again = task({ slot: 2, state: 'Starting', restarts: 1, exitCode: 1 });
  expect(watch.judge(wanted(2), observed(), [task(), again], nowMs)).toMatchObject({ task: { slot: 2, exitCode: 1 } });
});

describe('a service that is being replaced', () => {
  const failed = task({ state: 'Stopped', exitCode: 1 });

  test("is the engine's to judge until it is done", () => {
    expect(judge([failed], 1, undefined, observed({ updating: true }))).toMatchObject({
      outcome: 'waiting',
      status: 'updating (0 of 1 replaced)',
    });
    expect(judge([task()], 1, undefined, observed({ updating: true }))).toMatchObject({ outcome: 'waiting' });
  });

  test('was rolled back, or paused', () => {
    const back = observed({ hash: 'old', rollout: { state: 'rolled_back', message: 'web-1 failed' } });
    expect(judge([task({ hash: 'old' })], 1, undefined, back)).toMatchObject({
      outcome: 'rolled_back',
      status: 'rolled back by the engine: web-1 failed',
    });
    const gone = task({ id: 'gone', desired: false, state: 'Terminated', exitCode: 3 });
    expect(judge([gone, task({ hash: 'old' })], 1, undefined, back)).toMatchObject({ task: { id: 'gone' } });
    expect(
      judge([task({ hash: 'old' })], 1, undefined, observed({ rollout: { state: 'rolling_back', message: null } })),
    ).toMatchObject({
      outcome: 'waiting',
      status: 'rolling back',
    });
    const paused = observed({ rollout: { state: 'paused', message: 'too many failures' } });
    expect(judge([task(), task({ slot: 2, hash: 'old' })], 2, undefined, paused)).toMatchObject({
      outcome: 'paused',
      status: 'update paused by the engine: too many failures',
    });
  });

  test('was paused by the engine, whatever the replica that failed looks like by now', () => {
    const paused = observed({ rollout: { state: 'paused', message: 'web-1 failed' } });
    const ended = task({ state: 'Stopped', exitCode: 1 });
    const sick = task({ health: 'unhealthy' });
    for (const failed of [ended, sick]) {
      expect(judge([failed], 1, undefined, paused)).toMatchObject({
        outcome: 'paused',
        status: 'update paused by the engine: web-1 failed',
        task: failed,
      });
    }
  });
});

describe('a gate', () => {
  const gate = (condition: 'started' | 'healthy' | 'completed', tasks: readonly Task[], definition?: Service) =>
    new Watch(startMs).gate(condition, wanted(1, definition), observed(), tasks, nowMs);

  test('opens when the dependency has started, whatever became of it', () => {
    expect(
      gate('started', [task({ state: 'Stopped', exitCode: 1, startedAt: '2026-01-01T00:00:01.000Z' })]),
    ).toMatchObject({
      outcome: 'converged',
      status: 'started',
    });
    expect(gate('started', [task({ state: 'Init', startedAt: null })])).toMatchObject({ outcome: 'waiting' });
    expect(gate('started', [])).toMatchObject({ outcome: 'waiting' });
  });

  test('opens when it is healthy', () => {
    expect(gate('healthy', [task({ health: 'starting' })])).toMatchObject({ outcome: 'waiting' });
    expect(gate('healthy', [task({ health: 'healthy' })])).toMatchObject({ outcome: 'converged' });
    expect(gate('healthy', [task({ state: 'Stopped', exitCode: 1 })])).toMatchObject({ outcome: 'failing' });
  });

  test('opens when it has completed, and not while it runs', () => {
    expect(gate('completed', [task()])).toMatchObject({ outcome: 'waiting', status: 'not completed yet' });
    expect(gate('completed', [task({ state: 'Stopped', exitCode: 0 })], { restart: 'always' })).toMatchObject({
      outcome: 'converged',
    });
    expect(gate('completed', [task({ state: 'Stopped', exitCode: 3 })])).toMatchObject({ outcome: 'failing' });
  });
});
