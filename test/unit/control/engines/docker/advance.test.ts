import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UpdateConfig } from '../../../../../src/lib/compose/project.js';
import { appliedRecord } from '../../../../../src/lib/control/engines/docker/apply-service.js';
import type { ServiceRecord } from '../../../../../src/lib/control/engines/docker/record.js';
import type { ServiceResource } from '../../../../../src/lib/plan/resources.js';
import { DaemonModel, isUp, recordOf, service } from './daemon-model.js';

/** The record after the service was asked for, and everything that came of it. */
function bring(
  daemon: DaemonModel,
  known: ServiceRecord | null,
  wanted: ServiceResource,
  startFirst = true,
): ServiceRecord {
  const applied = appliedRecord(known, wanted, daemon.replicas, { epoch: 1, nowMs: daemon.nowMs });
  return daemon.settle(applied, startFirst);
}

function updating(hash: string, replicas: number, config: UpdateConfig, rollback?: UpdateConfig): ServiceResource {
  return service(hash, replicas, {
    deploy: { update_config: config, ...(rollback && { rollback_config: rollback }) },
  });
}

function hashes(daemon: DaemonModel): string[] {
  return daemon.replicas.filter(isUp).map(({ hash }) => hash);
}

function slots(daemon: DaemonModel): number[] {
  return daemon.replicas.map(({ slot }) => slot).sort((a, b) => a - b);
}

describe('a new service', () => {
  test('gets a container for each replica, once', () => {
    const daemon = new DaemonModel();
    const record = bring(daemon, null, service('one', 3));
    expect([slots(daemon), hashes(daemon)]).toEqual([
      [1, 2, 3],
      ['one', 'one', 'one'],
    ]);
    const ids = daemon.replicas.map(({ id }) => id);
    expect(bring(daemon, record, service('one', 3))).toMatchObject({ rollout: null });
    expect(daemon.replicas.map(({ id }) => id)).toEqual(ids);
  });

  test('that is scaled loses its highest slots, and fills the lowest that are free', () => {
    const daemon = new DaemonModel();
    let record = bring(daemon, null, service('one', 4));
    daemon.lose(daemon.replicas[0]?.id ?? '');
    record = bring(daemon, record, service('one', 3));
    expect(slots(daemon)).toEqual([2, 3, 4]);
    record = bring(daemon, record, service('one', 5));
    expect(slots(daemon)).toEqual([1, 2, 3, 4, 5]);
    bring(daemon, record, service('one', 0));
    expect(slots(daemon)).toEqual([]);
  });

  test('that is stopped keeps its containers, and starts the same ones', () => {
    const daemon = new DaemonModel();
    let record = bring(daemon, null, service('one', 2));
    const ids = daemon.replicas.map(({ id }) => id);
    record = bring(daemon, record, { ...service('one', 2), stopped: true });
    expect(hashes(daemon)).toEqual([]);
    bring(daemon, record, service('one', 2));
    expect(daemon.replicas.filter(isUp).map(({ id }) => id)).toEqual(ids);
  });

  test('with a container that nobody asked to end stays as it is until it is asked for again', () => {
    const daemon = new DaemonModel();
    const record = bring(daemon, null, service('one', 2));
    const [first] = daemon.replicas;
    daemon.end(first?.id ?? '', 1);
    expect(daemon.settle(record)).toEqual(record);
    expect(hashes(daemon)).toHaveLength(1);
    bring(daemon, record, service('one', 2));
    expect(hashes(daemon)).toHaveLength(2);
  });

  test('that no node takes gets none', () => {
    const daemon = new DaemonModel();
    daemon.settle(recordOf(service('one', 0)));
    expect(daemon.replicas).toEqual([]);
  });
});

describe('an update', () => {
  test('replaces one after the other, and keeps the others running', () => {
    const daemon = new DaemonModel();
    const record = bring(daemon, null, service('one', 3));
    daemon.upAtLooks.length = 0;
    expect(bring(daemon, record, service('two', 3))).toMatchObject({ rollout: { state: 'completed', failed: [] } });
    expect([hashes(daemon), slots(daemon)]).toEqual([
      ['two', 'two', 'two'],
      [1, 2, 3],
    ]);
    expect(Math.min(...daemon.upAtLooks)).toBeGreaterThanOrEqual(2);
  });

  test.each([
    [{ parallelism: 2 }, 2],
    [{ parallelism: 0 }, 0],
    [{ parallelism: 2, order: 'start-first' as const }, 4],
  ])('with %j never has fewer up than the policy allows', (config, atLeast) => {
    const natures = { two: { healthyAfterMs: 700 } };
    const daemon = new DaemonModel(natures);
    const record = bring(daemon, null, service('one', 4));
    daemon.upAtLooks.length = 0;
    bring(daemon, record, updating('two', 4, config));
    expect(hashes(daemon)).toEqual(['two', 'two', 'two', 'two']);
    expect(Math.min(...daemon.upAtLooks)).toBe(atLeast);
  });

  test('start-first is stop-first where two cannot run at once', () => {
    const daemon = new DaemonModel();
    const record = bring(daemon, null, service('one', 1));
    daemon.upAtLooks.length = 0;
    bring(daemon, record, updating('two', 1, { order: 'start-first' }), false);
    expect(hashes(daemon)).toEqual(['two']);
    expect(Math.max(...daemon.upAtLooks)).toBe(1);
  });

  test('waits as long between batches as it is told, and watches each as long', () => {
    const times = (config: UpdateConfig): number => {
      const daemon = new DaemonModel();
      const record = bring(daemon, null, service('one', 3));
      const begin = daemon.nowMs;
      const applied = appliedRecord(record, updating('two', 3, config), daemon.replicas, { epoch: 1, nowMs: begin });
      let known = applied;
      while (known.rollout?.state === 'updating' && daemon.nowMs < begin + 60_000)
        known = daemon.settle(known, true, 1);
      return daemon.nowMs - begin;
    };
    const quick = times({ monitor: '0s' });
    expect(times({ monitor: '2s' }) - quick).toBeGreaterThanOrEqual(3 * 1_700);
    expect(times({ monitor: '0s', delay: '3s' }) - quick).toBeGreaterThanOrEqual(2 * 2_700);
  });

  test.each([
    ['exits', { exit: { code: 3, afterMs: 300 } }],
    ['cannot be started', { broken: true }],
  ])('of what %s pauses, and leaves the rest alone; a mended one goes on', (_what, nature) => {
    const daemon = new DaemonModel({ bad: nature });
    let record = bring(daemon, null, service('one', 3));
    record = bring(daemon, record, service('bad', 3));
    expect(record).toMatchObject({ rollout: { state: 'paused', failed: [1] }, previous: { hash: 'one' } });
    expect(hashes(daemon)).toEqual(['one', 'one']);
    record = bring(daemon, record, service('good', 3));
    expect(record).toMatchObject({ rollout: { state: 'completed' }, previous: { hash: 'one' } });
    expect([hashes(daemon), slots(daemon)]).toEqual([
      ['good', 'good', 'good'],
      [1, 2, 3],
    ]);
  });

  test('that was paused is taken up by asking for the same again', () => {
    const daemon = new DaemonModel({ two: { exit: { code: 1, afterMs: 200 } } });
    let record = bring(daemon, null, service('one', 2));
    record = bring(daemon, record, service('two', 2));
    record = bring(daemon, record, service('two', 2));
    expect(record.rollout).toMatchObject({ state: 'paused', failed: [1] });
    daemon.mend('two');
    record = bring(daemon, record, service('two', 2));
    expect(record.rollout?.state).toBe('completed');
    expect([hashes(daemon), slots(daemon)]).toEqual([
      ['two', 'two'],
      [1, 2],
    ]);
  });

  test('that fails under `rollback` goes back to what ran, also where it was stopped for it', () => {
    const daemon = new DaemonModel({ bad: { exit: { code: 1, afterMs: 200 } } });
    let record = bring(daemon, null, service('one', 3));
    const ids = daemon.replicas.map(({ id }) => id);
    record = bring(daemon, record, updating('bad', 3, { failure_action: 'rollback', parallelism: 2 }));
    expect(record).toMatchObject({
      rollout: { state: 'rolled_back' },
      service: { hash: 'one' },
      previous: { hash: 'bad' },
    });
    expect(hashes(daemon)).toEqual(['one', 'one', 'one']);
    expect(daemon.replicas.map(({ id }) => id).sort()).toEqual(ids);
  });

  test('that goes back does so by its own policy, and whoever comes back has its name again', () => {
    const daemon = new DaemonModel({ bad: { exit: { code: 1, afterMs: 200 } } });
    // As on Swarm: the policy of what it goes back to.
    const [update, rollback] = [
      { failure_action: 'rollback', parallelism: 0 } as const,
      { delay: '2s', monitor: '0s' },
    ];
    const record = bring(daemon, null, updating('one', 3, update, rollback));
    bring(daemon, record, updating('bad', 3, update));
    const starts = daemon.replicas.map(({ startedMs }) => startedMs ?? 0).sort((one, other) => one - other);
    for (const [index, startedMs] of starts.slice(1).entries()) {
      expect(startedMs - (starts[index] ?? 0)).toBeGreaterThanOrEqual(2_000);
    }
    expect(daemon.replicas.map(({ hash, aside }) => [hash, aside])).toEqual(starts.map(() => ['one', false]));
  });

  test('is done with one that has done its work', () => {
    const daemon = new DaemonModel({ two: { exit: { code: 0, afterMs: 200 } } });
    const record = bring(daemon, null, service('one', 2));
    expect(bring(daemon, record, service('two', 2)).rollout?.state).toBe('completed');
    expect(daemon.replicas.map(({ hash, state }) => [hash, state])).toEqual([
      ['two', 'exited'],
      ['two', 'exited'],
    ]);
  });

  test('that may lose some goes on', () => {
    const daemon = new DaemonModel({ bad: { exit: { code: 1, afterMs: 200 } } });
    const record = bring(daemon, null, service('one', 2));
    const ended = bring(daemon, record, updating('bad', 2, { failure_action: 'continue' }));
    expect(ended).toMatchObject({ rollout: { state: 'completed', failed: [1, 2] } });
  });

  test('back to an older version takes up what was stopped', () => {
    const daemon = new DaemonModel({ bad: { broken: true } });
    let record = bring(daemon, null, service('one', 1));
    const [first] = daemon.replicas;
    record = bring(daemon, record, service('bad', 1));
    bring(daemon, record, service('one', 1));
    expect(daemon.replicas.filter(isUp).map(({ id }) => id)).toEqual([first?.id]);
    expect(daemon.replicas).toHaveLength(1);
  });
});

describe('whatever was there', () => {
  const change = fc.record({
    hash: fc.constantFrom('one', 'two', 'three', 'bad'),
    replicas: fc.integer({ min: 0, max: 4 }),
    order: fc.constantFrom('start-first' as const, 'stop-first' as const),
    parallelism: fc.integer({ min: 0, max: 3 }),
    startFirst: fc.boolean(),
    looks: fc.integer({ min: 0, max: 40 }),
    cut: fc.boolean(),
  });

  test('a good version that is asked for last is all that runs in the end', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 5 }), fc.integer({ min: 0, max: 4 }), (changes, replicas) => {
        const daemon = new DaemonModel({
          bad: { exit: { code: 2, afterMs: 300 } },
          three: { healthyAfterMs: 400 },
        });
        let record: ServiceRecord | null = null;
        for (const { hash, order, parallelism, startFirst, looks, cut, ...rest } of changes) {
          const wanted = updating(hash, rest.replicas, { order, parallelism, failure_action: 'rollback' });
          record = appliedRecord(record, wanted, daemon.replicas, { epoch: 1, nowMs: daemon.nowMs });
          // Cut off after some looks, as by a command that was killed.
          record = daemon.settle(record, startFirst, looks);
          if (cut) record = daemon.cut(record, startFirst);
        }
        record = bring(daemon, record, updating('four', replicas, {}));
        expect(hashes(daemon)).toEqual(Array.from({ length: replicas }, () => 'four'));
        expect(daemon.replicas).toHaveLength(replicas);
        expect(['updating', 'rolling_back', 'paused']).not.toContain(record.rollout?.state);
      }),
      { numRuns: 300 },
    );
  });
});
