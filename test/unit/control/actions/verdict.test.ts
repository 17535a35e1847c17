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
    expect(judge([task(), task({ slot: 2 })])).toEqual({ kind: 'converged', status: 'running (2 of 2)' });
    expect(judge([task()], 2)).toEqual({ kind: 'waiting', status: 'starting (1 of 2 running)' });
    expect(judge([], 0)).toEqual({ kind: 'converged', status: 'stopped (0 replicas)' });
    expect(judge([task(), task({ slot: 2, desired: false, state: 'Stopping' })], 1)).toEqual({
      kind: 'waiting',
      status: 'stopping 1 (1 of 1 running)',
    });
  });

  test('that the engine does not have yet is waited for', () => {
    expect(new Watch(startMs).judge(wanted(1), undefined, [], nowMs)).toMatchObject({ kind: 'waiting' });
  });

  test('with a health check has to be healthy', () => {
    expect(judge([task({ health: 'starting' })])).toEqual({
      kind: 'waiting',
      status: 'waiting for its health check (0 of 1 running)',
    });
    expect(judge([task({ health: 'healthy' })])).toMatchObject({ kind: 'converged' });
  });

  test('that says no to its health check for a while is failing', () => {
    const watch = new Watch(startMs);
    const sick = [task({ health: 'unhealthy' })];
    expect(watch.judge(wanted(1), observed(), sick, nowMs)).toMatchObject({ kind: 'waiting' });
    expect(watch.judge(wanted(1), observed(), sick, nowMs + 2_000)).toMatchObject({
      kind: 'failing',
      status: 'is unhealthy',
    });
  });

  test('that runs once has converged when it has exited with 0', () => {
    const done = task({ state: 'Stopped', exitCode: 0 });
    expect(judge([done])).toEqual({ kind: 'converged', status: 'completed (exit code 0)' });
    expect(judge([done], 1, { restart: 'on-failure' })).toMatchObject({ kind: 'converged' });
    expect(judge([done], 1, { restart: 'always' })).toMatchObject({ kind: 'waiting' });
    expect(judge([done], 1, { restart: 'always', deploy: { mode: 'replicated-job' } })).toMatchObject({
      kind: 'converged',
    });
  });

  test('whose replica ended for good with another code is failing', () => {
    const failed = task({ state: 'Stopped', exitCode: 2 });
    expect(judge([failed])).toMatchObject({ kind: 'failing', status: 'exited with code 2', task: { name: 'web-1' } });
    expect(judge([failed], 1, { restart: 'always' })).toMatchObject({ kind: 'waiting' });
    expect(judge([failed], 1, { restart: 'on-failure:2' })).toMatchObject({ kind: 'waiting' });
    expect(judge([{ ...failed, restarts: 2 }], 1, { restart: 'on-failure:2' })).toMatchObject({ kind: 'failing' });
    expect(judge([failed], 1, { deploy: { restart_policy: { condition: 'none' } } })).toMatchObject({
      kind: 'failing',
    });
    expect(judge([failed], 1, { deploy: { restart_policy: {} } })).toMatchObject({ kind: 'waiting' });
  });

  test('that keeps exiting is failing after three restarts', () => {
    const looping = task({ state: 'Starting', exitCode: 1, restarts: 3 });
    expect(judge([looping])).toMatchObject({ kind: 'failing', status: 'keeps exiting (with code 1, 3 restarts)' });
    expect(judge([{ ...looping, restarts: 2 }])).toEqual({
      kind: 'waiting',
      status: 'restarting after exit code 1 (0 of 1 running)',
    });
  });

  test('is not blamed for what it did before', () => {
    const old = task({ state: 'Starting', exitCode: 1, restarts: 9, createdAt: '2025-01-01T00:00:00.000Z' });
    const watch = new Watch(startMs);
    expect(watch.judge(wanted(1), observed(), [old], nowMs)).toMatchObject({ kind: 'waiting' });
    expect(watch.judge(wanted(1), observed(), [{ ...old, restarts: 12 }], nowMs)).toMatchObject({ kind: 'failing' });
  });

  test('that has just been restarted has to stay up', () => {
    const again = task({ restarts: 1, startedAt: new Date(nowMs - 500).toISOString() });
    expect(judge([again])).toMatchObject({ kind: 'waiting' });
    expect(judge([{ ...again, startedAt: new Date(nowMs - 2_000).toISOString() }])).toMatchObject({
      kind: 'converged',
    });
  });

  test('has to stay up as long as it is monitored, unless a health check says that it is well', () => {
    const watch = new Watch(startMs);
    const judged = (given: Task, atMs: number) => watch.judge(wanted(1), observed(), [given], atMs, 500);
    const young = task({ startedAt: new Date(nowMs).toISOString() });
    expect(judged(young, nowMs)).toEqual({ kind: 'waiting', status: 'making sure it stays up (1 of 1 running)' });
    expect(judged(young, nowMs + 500)).toMatchObject({ kind: 'converged' });
    expect(judged({ ...young, health: 'healthy' }, nowMs)).toMatchObject({ kind: 'converged' });

    const ahead = task({ id: 'clock ahead', startedAt: new Date(nowMs + 3_600_000).toISOString() });
    expect(judged(ahead, nowMs)).toMatchObject({ kind: 'waiting' });
    expect(judged(ahead, nowMs + 500)).toMatchObject({ kind: 'converged' });
  });

  test('that could not be started at all is failing', () => {
    const missing = task({ state: 'Stopped', startedAt: null, message: 'no such image' });
    expect(judge([missing])).toMatchObject({ kind: 'failing', status: 'cannot be started' });
    expect(judge([missing], 1, { restart: 'always' })).toMatchObject({ kind: 'waiting' });
  });

  test('that no node takes cannot be placed, after a grace', () => {
    const watch = new Watch(startMs);
    const nowhere = task({ state: 'Init', unplaceable: true, message: 'no suitable node' });
    expect(watch.judge(wanted(1), observed(), [nowhere], nowMs)).toMatchObject({
      kind: 'waiting',
      status: 'waiting for a node: no suitable node',
    });
    expect(watch.judge(wanted(1), observed(), [task()], nowMs + 1_000)).toMatchObject({ kind: 'converged' });
    expect(watch.judge(wanted(1), observed(), [nowhere], nowMs + 1_500)).toMatchObject({ kind: 'waiting' });
    expect(watch.judge(wanted(1), observed(), [nowhere], nowMs + 3_500)).toMatchObject({ kind: 'unplaceable' });
  });

  test('on every node has no number of replicas', () => {
    const definition: Service = { deploy: { mode: 'global' } };
    expect(judge([task(), task({ slot: 2 }), task({ slot: 3 })], 1, definition)).toMatchObject({ kind: 'converged' });
    expect(new Watch(nowMs).judge(wanted(1, definition), observed(), [], nowMs)).toMatchObject({ kind: 'waiting' });
    expect(new Watch(nowMs).judge(wanted(1, definition), observed(), [], nowMs + 5_000)).toMatchObject({
      kind: 'converged',
    });
  });
});

describe('a service that is being replaced', () => {
  const failed = task({ state: 'Stopped', exitCode: 1 });

  test("is the engine's to judge until it is done", () => {
    expect(judge([failed], 1, undefined, observed({ updating: true }))).toEqual({
      kind: 'waiting',
      status: 'updating (0 of 1 replaced)',
    });
    expect(judge([task()], 1, undefined, observed({ updating: true }))).toMatchObject({ kind: 'waiting' });
  });

  test('was rolled back, or paused', () => {
    const back = observed({ hash: 'old', rollout: { state: 'rolled_back', message: 'web-1 failed' } });
    expect(judge([task({ hash: 'old' })], 1, undefined, back)).toEqual({
      kind: 'rolled_back',
      status: 'rolled back by the engine: web-1 failed',
    });
    expect(
      judge([task({ hash: 'old' })], 1, undefined, observed({ rollout: { state: 'rolling_back', message: null } })),
    ).toEqual({
      kind: 'waiting',
      status: 'rolling back',
    });
    const paused = observed({ rollout: { state: 'paused', message: 'too many failures' } });
    expect(judge([task(), task({ slot: 2, hash: 'old' })], 2, undefined, paused)).toEqual({
      kind: 'paused',
      status: 'update paused by the engine: too many failures',
    });
  });

  test('was paused by the engine, whatever the replica that failed looks like by now', () => {
    const paused = observed({ rollout: { state: 'paused', message: 'web-1 failed' } });
    const ended = task({ state: 'Stopped', exitCode: 1 });
    const sick = task({ health: 'unhealthy' });
    for (const failed of [ended, sick]) {
      expect(judge([failed], 1, undefined, paused)).toEqual({
        kind: 'paused',
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
      kind: 'converged',
      status: 'started',
    });
    expect(gate('started', [task({ state: 'Init', startedAt: null })])).toMatchObject({ kind: 'waiting' });
    expect(gate('started', [])).toMatchObject({ kind: 'waiting' });
  });

  test('opens when it is healthy', () => {
    expect(gate('healthy', [task({ health: 'starting' })])).toMatchObject({ kind: 'waiting' });
    expect(gate('healthy', [task({ health: 'healthy' })])).toMatchObject({ kind: 'converged' });
    expect(gate('healthy', [task({ state: 'Stopped', exitCode: 1 })])).toMatchObject({ kind: 'failing' });
  });

  test('opens when it has completed, and not while it runs', () => {
    expect(gate('completed', [task()])).toEqual({ kind: 'waiting', status: 'not completed yet' });
    expect(gate('completed', [task({ state: 'Stopped', exitCode: 0 })], { restart: 'always' })).toMatchObject({
      kind: 'converged',
    });
    expect(gate('completed', [task({ state: 'Stopped', exitCode: 3 })])).toMatchObject({ kind: 'failing' });
  });
});
