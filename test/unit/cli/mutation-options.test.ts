import { describe, expect, test } from 'vitest';
import { mutationOptions } from '../../../src/lib/cli/mutation-options.js';

const given = { wait: true, sync: false, 'dry-run': false };

describe('mutationOptions', () => {
  test.each([
    [{}, {}],
    [{ wait: false }, { wait: false }],
    [{ sync: true }, {}],
    [{ timeout: 1000 }, { timeoutMs: 1000 }],
    [
      { 'lock-timeout': 0, timeout: 5 },
      { lockTimeoutMs: 0, timeoutMs: 5 },
    ],
    [
      { 'lock-timeout': 2000, wait: false },
      { lockTimeoutMs: 2000, wait: false },
    ],
    [{ 'dry-run': true, sync: true, timeout: 1, 'lock-timeout': 0 }, { dryRun: true }],
  ])('%j', (flags, options) => {
    expect(mutationOptions({ ...given, ...flags })).toEqual(options);
  });

  test.each([
    [{ wait: false, sync: true }, '--sync and --no-wait exclude each other'],
    [{ wait: false, timeout: 1000 }, '--timeout and --no-wait exclude each other'],
  ])('%j is refused', (flags, message) => {
    expect(() => mutationOptions({ ...given, ...flags })).toThrow(expect.objectContaining({ code: 'usage', message }));
  });
});
