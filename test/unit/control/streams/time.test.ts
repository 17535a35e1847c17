import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTimes, isTime, millisecondsOf } from '../../../../src/lib/control/streams/time.js';

/** Nanoseconds of a second, written with nine decimals and so many zeros more. */
function write(nanoseconds: number, zeros: number): string {
  return `2026-01-01T00:00:00.${String(nanoseconds).padStart(9, '0')}${'0'.repeat(zeros)}Z`;
}

describe('a time', () => {
  it('is exact to the nanosecond, however many decimals are written', () => {
    const fraction = fc.oneof(fc.nat(999_999_999), fc.nat(20));
    fc.assert(
      fc.property(fraction, fraction, fc.nat(3), (a, b, zeros) => {
        expect(Math.sign(compareTimes(write(a, zeros), write(b, 0)))).toBe(Math.sign(a - b));
        expect(millisecondsOf(write(a, zeros)) - millisecondsOf(write(0, 0))).toBe(Math.floor(a / 1e6));
      }),
    );
  });

  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000Z', 0],
    ['2026-01-01T01:00:00.5+01:00', '2026-01-01T00:00:00.500Z', 0],
    ['2026-01-01T01:00:00+01:00', '2026-01-01T00:30:00+00:00', -1],
    ['2026-01-01T00:00:00.000000001Z', '2026-01-01T00:00:00Z', 1],
    ['2025-12-31T23:59:59.999999999Z', '2026-01-01T00:00:00Z', -1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareTimes(a, b))).toBe(sign);
  });

  it('is told from what is none', () => {
    expect(['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.123456789+02:00'].map(isTime)).toEqual([true, true]);
    expect([null, 'yesterday', ''].map(isTime)).toEqual([false, false, false]);
  });
});
