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
      { 'dry-run': true, sync: true, timeout: 1 },
      { timeoutMs: 1, dryRun: true },
    ],
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
