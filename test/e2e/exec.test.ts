import { describe, expect, test } from 'vitest';
import { errorOn, openShell } from './support/berth.js';
import { refused } from './support/refused.js';
import { deployed, shown } from './support/shown.js';

// The sandbox runs no containers: what a command prints, reads and exits with is in test/unit/ui/exec-session.test.ts and
// test/unit/cli/exec-command.test.ts.

const unsupported = {
  exitCode: 6,
  code: 'unsupported',
  message: 'the sandbox engine has no container exec',
} as const;

describe.each([[['exec']], [['container', 'exec']], [['container:exec']]])('%j', (command) => {
  test('is never faked', async () => {
    const shell = await deployed();
    for (const words of [['vote-1'], ['-it', 'vote-1', 'ls']]) {
      expect(await shell.berth(...command, ...words)).toMatchObject({ stdout: '', exitCode: 6 });
    }
    await refused(shell, [...command, '-u', 'root', 'vote-1'], unsupported);
  });

  test('flags behind the first word of the command are its own', async () => {
    const shell = openShell();
    for (const flag of ['--help', '-h', '--version', '--json', '--no-such-flag', '--debug', '-l']) {
      const run = await shell.berth(...command, 'vote-1', 'ls', flag);
      expect({ flag, stdout: run.stdout, exitCode: run.exitCode }).toEqual({ flag, stdout: '', exitCode: 6 });
      expect(await shell.berth(...command, 'vote-1', '--', flag)).toEqual(run);
    }
    const ours = await shell.berth(...command, '--json', 'vote-1', 'ls', '--no-color');
    expect(errorOn(ours.stdout)).toMatchObject(unsupported);
    expect(errorOn((await shell.berth(...command, 'vote-1', '--json', 'ls')).stdout)).toMatchObject(unsupported);
  });

  test('flags before it are ours', async () => {
    const shell = openShell();
    const help = await shown(shell.berth(...command, 'vote-1', '--help'));
    expect(help).toContain('exec [FLAGS] CONTAINER [COMMAND...]');
    expect((await shell.berth(...command, '--no-such-flag', 'vote-1', 'ls')).exitCode).toBe(2);
    expect((await shell.berth(...command)).stderr).toMatch(
      /^Error: the argument CONTAINER is missing\nHint: CONTAINER: .*`\.\n$/,
    );
    expect((await shell.berth(...command, '-e', 'NO_SUCH_VARIABLE', 'vote-1')).exitCode).toBe(2);
  });
});
