import { Parser } from '@oclif/core';
import { describe, expect, test } from 'vitest';
import { signalFlag } from '../../../src/lib/cli/signal-flag.js';

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
    ['cont', 'SIGCONT'],
    ['9', 'SIGKILL'],
    ['15', 'SIGTERM'],
  ])('%s is %s', async (text, signal) => {
    expect(await parsed(text)).toBe(signal);
  });

  test.each([
    ['FOOBAR', /^Give a name or a number: /],
    ['TREM', /^Did you mean TERM\?$/],
    ['0', /^Give a name/],
    ['32', /^Give a name/],
    ['toString', /^Give a name/],
    ['', /^Give a name/],
  ])('%j is none', async (text, hint) => {
    await expect(parsed(text)).rejects.toMatchObject({ code: 'usage', hint: expect.stringMatching(hint) });
  });
});
