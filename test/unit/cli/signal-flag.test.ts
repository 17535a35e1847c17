import { Parser } from '@oclif/core';
import { describe, expect, test } from 'vitest';
import { signalFlag, signals } from '../../../src/lib/cli/signal-flag.js';
import { parseSignal } from '../../../src/lib/control/engines/sandbox/signals.js';

async function parsed(text: string): Promise<string | undefined> {
  const { flags } = await Parser.parse(['--signal', text], { flags: { signal: signalFlag() } });
  return flags.signal;
}

describe('--signal', () => {
  test.each([
    ['HUP', 'SIGHUP'],
    ['hup', 'SIGHUP'],
    ['SIGUSR1', 'SIGUSR1'],
    ['sigterm', 'SIGTERM'],
  ])('%s is %s', async (text, signal) => {
    expect(await parsed(text)).toBe(signal);
  });

  test.each([
    ['FOO', /^Signals: HUP, /],
    ['HPU', /^Did you mean HUP\? Signals: /],
    ['9', /^Signals: /],
    ['', /^Signals: /],
  ])('%j is none', async (text, hint) => {
    await expect(parsed(text)).rejects.toMatchObject({ code: 'usage', hint: expect.stringMatching(hint) });
  });

  test('each of them is known to the sandbox', () => {
    expect(signals.map(parseSignal)).toEqual(signals);
  });
});
