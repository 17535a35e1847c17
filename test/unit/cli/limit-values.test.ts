import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { liftedLimits, parseLimits } from '../../../src/lib/cli/limit-values.js';
import { limitList } from '../../../src/lib/ui/views/limits.js';
import { shownBy } from '../ui/shown-by.js';

const M = 1024 * 1024;

describe('limits', () => {
  test.each([
    ['web=512M', 512 * M],
    ['web=256MB', 256 * M],
    ['web=1G', 1024 * M],
    ['web=1.5g', 1536 * M],
    ['web=1024B', 1024],
    ['web=64KiB', 65_536],
  ])('memory %s', (word, memoryBytes) => {
    expect(parseLimits([word], 'memory')).toEqual({ web: { memoryBytes } });
  });

  test.each([
    ['web=512', { cpuShares: 512 }],
    ['web=0', { cpuShares: 0 }],
    ['web=1024', { cpuShares: 1024 }],
    ['web=0.5', { cpus: 0.5 }],
    ['web=.25', { cpus: 0.25 }],
    ['web=2.0', { cpus: 2 }],
    ['web=500m', { cpus: 0.5 }],
    ['web=1500m', { cpus: 1.5 }],
  ])('cpu %s', (word, change) => {
    expect(parseLimits([word], 'cpu')).toEqual({ web: change });
  });

  test.each([
    ['memory', 'web', '"web" is not TYPE=LIMIT'],
    ['memory', '=1G', '"=1G" is not TYPE=LIMIT'],
    ['memory', 'web=', '"web=": this is no limit of memory'],
    ['memory', 'web=512', '"web=512": this is no limit of memory'],
    ['memory', 'web=0M', '"web=0M": this is no limit of memory'],
    ['memory', 'web=-1G', '"web=-1G": this is no limit of memory'],
    ['memory', 'web=1 G', '"web=1 G": this is no limit of memory'],
    ['cpu', 'web=1025', '"web=1025": this is no limit of cpu'],
    ['cpu', 'web=0.0', '"web=0.0": this is no limit of cpu'],
    ['cpu', 'web=0m', '"web=0m": this is no limit of cpu'],
    ['cpu', 'web=half', '"web=half": this is no limit of cpu'],
  ] as const)('%s %s is refused', (resource, word, message) => {
    expect(() => parseLimits([word], resource)).toThrow(expect.objectContaining({ code: 'usage', message }));
  });

  test('a type may be named once', () => {
    const twice = expect.objectContaining({ code: 'usage', message: 'web is named twice' });
    expect(() => parseLimits(['web=1G', 'web=2G'], 'memory')).toThrow(twice);
    expect(() => liftedLimits(['web', 'worker', 'web'], 'cpu')).toThrow(twice);
  });

  test('are lifted one resource at a time: cores and shares are one', () => {
    expect(liftedLimits(['web'], 'memory')).toEqual({ web: { memoryBytes: null } });
    expect(liftedLimits(['web'], 'cpu')).toEqual({ web: { cpus: null, cpuShares: null } });
  });

  test('are listed in words that set takes back as the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 45 }), async (memoryBytes) => {
        const row = {
          service: 'web',
          memoryBytes,
          memoryReservationBytes: null,
          cpus: null,
          cpuReservation: null,
          cpuShares: null,
        };
        const [, size = ''] = (await shownBy(limitList, [row], { 'no-header': true })).trim().split(/\s+/);
        expect(parseLimits([`web=${size}`], 'memory')).toEqual({ web: { memoryBytes } });
      }),
      { numRuns: 100 },
    );
  });
});
