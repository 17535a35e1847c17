import { Parser } from '@oclif/core';
import { describe, expect, test } from 'vitest';
import { timeFlag } from '../../../src/lib/cli/flags.js';

async function parsed(text: string): Promise<string | undefined> {
  const { flags } = await Parser.parse(['--since', text], { flags: { since: timeFlag() } });
  return flags.since;
}

describe('--since', () => {
  test.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.500Z'],
    ['1769860800', '2026-01-31T12:00:00.000Z'],
  ])('%s is %s', async (text, time) => {
    expect(await parsed(text)).toBe(time);
  });

  test.each([
    ['2026-01-31T12:00:00.889750286Z', '2026-01-31T12:00:00.889750286Z'],
    ['2026-01-31T12:00:00.889750286-01:00', '2026-01-31T13:00:00.889750286Z'],
    ['1769860800.001000002', '2026-01-31T12:00:00.001000002Z'],
    ['1769860800.889', '2026-01-31T12:00:00.889Z'],
  ])('%s keeps every digit: engines tell nanoseconds', async (text, time) => {
    expect(await parsed(text)).toBe(time);
  });

  test('an age is counted from now', async () => {
    const before = Date.now();
    const time = Date.parse((await parsed('10m')) ?? '');
    expect(time).toBeGreaterThanOrEqual(before - 600_000);
    expect(time).toBeLessThanOrEqual(Date.now() - 600_000);
  });

  test.each(['10', '2026-13-01', '2026-01-31T25:00:00Z', 'yesterday', '', '2026-01-31 12:00'])(
    '%j is none',
    async (text) => {
      await expect(parsed(text)).rejects.toMatchObject({ code: 'usage' });
    },
  );
});
