import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DaemonClock } from '../../../../../src/lib/control/engines/engine-api/daemon-clock.js';

/** What the header says at that time of the daemon: whole seconds. */
const dateAt = (ms: number): string => new Date(Math.floor(ms / 1_000) * 1_000).toUTCString();

const startMs = Date.parse('2026-01-02T03:04:05Z');

test('is within what the answers leave open, and closer with every one of them', () => {
  const answers = fc.array(fc.record({ pauseMs: fc.nat(700), thereMs: fc.nat(40), backMs: fc.nat(40) }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(fc.integer({ min: -5_000, max: 5_000 }), answers, (aheadMs, all) => {
      let ownMs = startMs;
      const clock = new DaemonClock(() => ownMs);
      for (const { pauseMs, thereMs, backMs } of all) {
        ownMs += pauseMs;
        const sentMs = ownMs;
        ownMs += thereMs;
        const date = dateAt(ownMs + aheadMs);
        ownMs += backMs;
        clock.note(date, sentMs);
        // A second of the header, and the way there and back.
        expect(Math.abs(clock.nowMs() - (ownMs + aheadMs))).toBeLessThanOrEqual(1_080);
      }
    }),
  );
});

test('tells clocks that are a second and a half apart from each other within milliseconds, after a while', () => {
  let ownMs = startMs;
  const clock = new DaemonClock(() => ownMs);
  for (let look = 0; look < 50; look += 1) {
    ownMs += 130;
    clock.note(dateAt(ownMs - 1_500), ownMs - 2);
  }
  expect(Math.abs(clock.nowMs() - (ownMs - 1_500))).toBeLessThan(40);
});

test('is our own as long as the daemon agrees with it, or says nothing', () => {
  let ownMs = startMs + 999;
  const clock = new DaemonClock(() => ownMs);
  expect(clock.nowMs()).toBe(ownMs);
  clock.note('', ownMs);
  clock.note(dateAt(ownMs), ownMs - 5);
  ownMs += 1;
  clock.note(dateAt(ownMs), ownMs - 1);
  expect(clock.nowMs()).toBe(ownMs);
});

test('follows a clock that was set', () => {
  const clock = new DaemonClock(() => startMs);
  clock.note(dateAt(startMs), startMs);
  clock.note(dateAt(startMs + 3_600_000), startMs);
  expect(clock.nowMs()).toBe(startMs + 3_600_500);
});
