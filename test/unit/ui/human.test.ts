import { describe, expect, it } from 'vitest';
import { age, bytes, duration } from '../../../src/lib/ui/human.js';

const now = Date.parse('2026-03-01T12:00:00Z');

describe('age', () => {
  it.each([
    ['2026-03-01T12:00:00Z', 'just now'],
    ['2026-03-01T11:59:59Z', '1 second ago'],
    ['2026-03-01T11:59:57.2Z', '2 seconds ago'],
    ['2026-03-01T11:59:00Z', '1 minute ago'],
    ['2026-03-01T11:00:01Z', '59 minutes ago'],
    ['2026-03-01T13:00:00+02:00', '1 hour ago'],
    ['2026-02-28T00:00:00Z', '36 hours ago'],
    ['2026-02-27T12:00:00Z', '2 days ago'],
    ['2026-02-10T12:00:00Z', '2 weeks ago'],
    ['2025-12-01T12:00:00Z', '3 months ago'],
    ['2022-03-01T12:00:00Z', '4 years ago'],
    ['2026-03-01T12:05:00Z', 'in 5 minutes'],
    ['yesterday', 'yesterday'],
  ])('%s is %s', (at, expected) => {
    expect(age(at, now)).toBe(expected);
  });
});

describe('a short age', () => {
  it.each([
    ['2026-03-01T12:00:00Z', 'just now'],
    ['2026-03-01T11:59:57.2Z', '2s ago'],
    ['2026-03-01T11:59:00Z', '1m ago'],
    ['2026-03-01T10:00:00Z', '2h ago'],
    ['2026-02-27T12:00:00Z', '2d ago'],
    ['2026-02-10T12:00:00Z', '2w ago'],
    ['2025-12-01T12:00:00Z', '3mo ago'],
    ['2022-03-01T12:00:00Z', '4y ago'],
    ['2026-03-01T12:05:00Z', 'in 5m'],
    ['yesterday', 'yesterday'],
  ])('of %s is %s', (at, expected) => {
    expect(age(at, now, 'short')).toBe(expected);
  });
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1500, '1.5 kB'],
  [9960, '10 kB'],
  [999_600, '1 MB'],
  [23_400_000, '23 MB'],
  [2e15, '2 PB'],
  [5e18, '5000 PB'],
])('%d bytes are %s', (count, expected) => {
  expect(bytes(count)).toBe(expected);
});

it.each([
  [0, '0 ms'],
  [850.7, '850 ms'],
  [1000, '1 s'],
  [3250, '3.2 s'],
  [9999, '9.9 s'],
  [59_999, '59 s'],
  [125_000, '2 min 5 s'],
  [120_000, '2 min'],
  [3_780_000, '1 h 3 min'],
  [187_200_000, '2 d 4 h'],
])('%d ms are %s', (ms, expected) => {
  expect(duration(ms)).toBe(expected);
});
