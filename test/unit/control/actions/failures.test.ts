import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Service } from '../../../../src/lib/compose/project.js';
import { isSettled, type Judgement, Watch } from '../../../../src/lib/control/actions/verdict.js';
import type { ObservedService, Task } from '../../../../src/lib/control/engines/engine.js';
import { task } from '../fake-engine.js';

const startMs = Date.parse('2026-01-01T00:00:00.000Z');
const time = (ms: number): string => new Date(startMs + ms).toISOString();

const always: Service = { image: 'web:1', restart: 'always' };

/** Judges look after look, each a second after the one before. */
function watchOf(definition: Service = always, replicas = 1): (tasks: readonly Task[]) => Judgement {
  const watch = new Watch(startMs);
  const wanted = { name: 'web', definition, replicas, hash: 'hash', generation: 1 };
  const observed: ObservedService = { ...wanted, kind: 'service', namespace: 'ann', stack: 'shop', updating: false };
  let nowMs = startMs;
  return (tasks) => watch.judge(wanted, observed, tasks, (nowMs += 1_000));
}

/** The replica that came in that place as the given one, counted from 0: a new task each time, as Swarm has it. */
function newTask(nth: number, given: Partial<Task> = {}): Task {
  return task({ id: `web-${nth}`, createdAt: time(nth * 1_000), startedAt: time(nth * 1_000 + 100), ...given });
}

function ended(nth: number, given: Partial<Task> = {}): Task {
  const stoppedAt = time(nth * 1_000 + 500);
  return newTask(nth, {
    state: 'Stopped',
    desired: false,
    exitCode: 1,
    message: 'non-zero exit (1)',
    stoppedAt,
    ...given,
  });
}

const coming = (nth: number): Task => newTask(nth, { state: 'Starting', startedAt: null });

describe('a place that is filled by one new replica after the other', () => {
  test('is given up after three that failed in the same way', () => {
    const judge = watchOf();
    expect(judge([ended(0), coming(1)])).toMatchObject({ outcome: 'waiting' });
    expect(judge([ended(0), ended(1), coming(2)])).toMatchObject({ outcome: 'waiting' });
    expect(judge([ended(0), ended(1), ended(2), coming(3)])).toMatchObject({
      outcome: 'failing',
      status: 'keeps exiting (with code 1, 3 times)',
      task: { id: 'web-2', exitCode: 1 },
    });
  });

  test('also where all of it is seen at once, or only the last of them', () => {
    expect(watchOf()([ended(2), ended(0), coming(3), ended(1)])).toMatchObject({ outcome: 'failing' });
    const judge = watchOf();
    judge([ended(0)]);
    judge([ended(1)]);
    expect(judge([ended(2)])).toMatchObject({ outcome: 'failing' });
  });

  test('is not given up while it fails in other ways, in other places, or not any more', () => {
    const codes = [1, 2, 1, 2, 1, 2].map((exitCode, nth) => ended(nth, { exitCode }));
    expect(watchOf()([...codes, coming(6)])).toMatchObject({ outcome: 'waiting' });
    const words = ['out of memory', 'port is taken', 'out of memory', 'port is taken'];
    expect(watchOf()(words.map((message, nth) => ended(nth, { message })))).toMatchObject({ outcome: 'waiting' });
    const places = [1, 2, 3].map((slot) => ended(slot, { slot }));
    expect(watchOf(always, 3)(places)).toMatchObject({ outcome: 'waiting' });
    const well = newTask(3, { startedAt: time(-5_000) });
    expect(watchOf()([ended(0), ended(1), ended(2), well])).toMatchObject({ outcome: 'converged' });
  });

  test('is given up for what could not be started, whatever ids and numbers its errors name', () => {
    const refused = (nth: number): Task =>
      ended(nth, {
        exitCode: null,
        startedAt: null,
        message: `no such image, tried as 4f2b8c1e${nth} (attempt ${nth})`,
      });
    expect(watchOf()([0, 1, 2].map(refused))).toMatchObject({
      outcome: 'failing',
      status: 'cannot be started (3 times)',
    });
  });

  test('is given up at once where the policy lets no other follow', () => {
    const never: Service = { image: 'web:1', deploy: { restart_policy: { condition: 'none' } } };
    expect(watchOf(never)([ended(0)])).toMatchObject({ outcome: 'failing', status: 'exited with code 1' });
    const twice: Service = { deploy: { restart_policy: { condition: 'on-failure', max_attempts: 1 } } };
    expect(watchOf(twice)([ended(0), coming(1)])).toMatchObject({ outcome: 'waiting' });
    expect(watchOf(twice)([ended(0), ended(1, { exitCode: 9 })])).toMatchObject({
      outcome: 'failing',
      status: 'exited with code 9',
    });
    const scaledDown = [newTask(0), ended(1, { slot: 2, exitCode: 143 })];
    expect(watchOf(never)(scaledDown)).toMatchObject({ outcome: 'converged' });
  });

  test('is not blamed for replicas that were taken away, lost, or had failed before', () => {
    const taken = { state: 'Terminated', exitCode: 0, message: 'replaced' } as const;
    expect(watchOf()([0, 1, 2].map((nth) => ended(nth, taken)))).toMatchObject({ outcome: 'waiting' });
    const lost = { state: 'Terminated', exitCode: null, message: 'node one is down' } as const;
    expect(watchOf()([0, 1, 2].map((nth) => ended(nth, lost)))).toMatchObject({ outcome: 'waiting' });
    const before = [-3, -2, -1].map((nth) => ended(nth));
    expect(watchOf()([...before, coming(0)])).toMatchObject({ outcome: 'waiting' });
    const other = [0, 1, 2].map((nth) => ended(nth, { hash: 'older' }));
    expect(watchOf()([...other, coming(3)])).toMatchObject({ outcome: 'waiting' });
  });
});

describe('a replica that is started again in its place', () => {
  test('is not given up while its exit codes differ', () => {
    const judge = watchOf();
    for (let restarts = 0; restarts < 8; restarts++) {
      const waiting = {
        state: 'Starting',
        restarts,
        exitCode: 1 + (restarts % 2),
        stoppedAt: time(restarts * 1_000),
      } as const;
      expect(judge([task(waiting)])).toMatchObject({ outcome: 'waiting' });
    }
  });

  test('tells what it ended of also while it is up for a moment', () => {
    const judge = watchOf();
    judge([task({ state: 'Starting', restarts: 1, exitCode: 4, stoppedAt: time(1) })]);
    expect(judge([task({ restarts: 3, startedAt: time(1_900) })])).toMatchObject({
      outcome: 'failing',
      status: 'keeps exiting (with code 4, 3 restarts)',
      task: { exitCode: 4 },
    });
  });
});

describe('properties', () => {
  /** A replica that is as wanted, whatever it went through before. */
  const well = (slot: number): fc.Arbitrary<Task> =>
    fc
      .record({
        bornMs: fc.integer({ min: -100_000, max: -1 }),
        restarts: fc.nat(9),
        health: fc.constantFrom(null, 'healthy' as const),
        exitCode: fc.constantFrom(null, 0, 1),
        upMs: fc.integer({ min: -100_000, max: 60_000 }),
      })
      .map(({ bornMs, upMs, ...given }) =>
        task({ ...given, slot, id: `well-${slot}`, createdAt: time(bornMs), startedAt: time(upMs) }),
      );
  const gone = fc.nat(50).map((nth) => ended(-1 - nth, { id: `gone-${nth}`, slot: 1 + (nth % 4) }));
  const crowd = fc
    .integer({ min: 1, max: 4 })
    .chain((replicas) => fc.tuple(...Array.from({ length: replicas }, (_, index) => well(index + 1))));

  test('a service that is steadily as wanted never ends other than converged', () => {
    fc.assert(
      fc.property(
        crowd,
        fc.array(gone, { maxLength: 5 }),
        fc.array(fc.nat(5_000), { maxLength: 20 }),
        (tasks, past, gaps) => {
          const watch = new Watch(startMs);
          const wanted = { name: 'web', definition: always, replicas: tasks.length, hash: 'hash', generation: 1 };
          const observed: ObservedService = {
            ...wanted,
            kind: 'service',
            namespace: 'ann',
            stack: 'shop',
            updating: false,
          };
          let nowMs = startMs;
          const outcomes = [...gaps, 100_000, 0].map((gap) => {
            nowMs += gap;
            return watch.judge(wanted, observed, [...past, ...tasks], nowMs, 500).outcome;
          });
          expect(outcomes.filter((outcome) => outcome !== 'waiting' && outcome !== 'converged')).toEqual([]);
          expect(outcomes.at(-1)).toBe('converged');
          expect(outcomes.slice(outcomes.indexOf('converged')).every(isSettled)).toBe(true);
        },
      ),
    );
  });

  /** What can be seen while a replica fails again and again, by a counter of restarts. */
  const restarting = (code: number): fc.Arbitrary<Task[]> =>
    fc.array(fc.constantFrom('backoff', 'starting', 'running'), { minLength: 4, maxLength: 4 }).map((phases) =>
      phases.map((phase, restarts) =>
        phase === 'running'
          ? task({ restarts, startedAt: time(restarts * 1_000 + 900) })
          : task({
              restarts,
              state: 'Starting',
              exitCode: phase === 'starting' && restarts === 0 ? null : code,
              stoppedAt: time(restarts * 1_000 + (phase === 'backoff' ? 500 : -500)),
            }),
      ),
    );

  test('a place that fails three times in the same way always ends failing', () => {
    const codes = fc.integer({ min: 1, max: 255 });
    fc.assert(
      fc.property(codes.chain(restarting), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), (states, seen) => {
        const judge = watchOf();
        const last = states.filter((_, index) => index === 3 || seen[index]).map((state) => judge([state]));
        expect(last.at(-1)).toMatchObject({ outcome: 'failing' });
      }),
    );
    fc.assert(
      fc.property(
        codes,
        fc.boolean(),
        fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
        (exitCode, next, looks) => {
          const judge = watchOf();
          const tasks = [0, 1, 2].map((nth) => ended(nth, { exitCode }));
          for (const [index, look] of looks.entries()) if (look) judge(tasks.slice(0, index + 1));
          expect(judge(next ? [...tasks, coming(3)] : tasks)).toMatchObject({ outcome: 'failing', task: { exitCode } });
        },
      ),
    );
  });
});
