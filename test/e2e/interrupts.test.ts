import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { errorOn, hasPty, openShell, outcome, printed, votingApp } from './support/berth.js';

/** So slow that nothing becomes ready while a test runs. */
const slow = { BERTH_SANDBOX_SPEED: '0.01' };
const trace = /node:internal|\.c?js:\d+|EPIPE/;

describe('stdout that is closed', () => {
  test('a list', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const { stdout, stderr, exitCode } = await shell.bash('set -o pipefail; berth container ps | head -1');
    expect(stdout).toMatch(/^NAME +ID +STATUS .*\n$/);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  });

  test('more than a pipe holds', async () => {
    const shell = openShell();
    shell.write('compose.yaml', `services:\n  web:\n    image: nginx\n    command: ["${'x\\n'.repeat(200_000)}"]\n`);
    const { stderr, exitCode } = await shell.bash('set -o pipefail; berth compose config | head -1');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  });

  test('a follow ends by itself', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    for (const flags of ['', '--json']) {
      const { stdout, stderr, exitCode } = await shell.bash(
        `set -o pipefail; berth stack logs voting-app --follow ${flags} | head -1`,
      );
      expect(stdout.split('\n')).toHaveLength(2);
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    }
  });

  test('a change is made all the same', async () => {
    const shell = openShell();
    const { stderr, exitCode } = await shell.bash(`set -o pipefail; berth up -f ${votingApp} | true`);
    expect(exitCode).toBe(0);
    expect(stderr).not.toMatch(trace);
    expect((await shell.berth('stack', 'ls', '--format', '{{.state}}')).stdout).toBe('Running\n');
  });

  test.skipIf(!fs.existsSync('/dev/full')).each([
    ['a list', ['stack', 'ls']],
    ['a document', ['stack', 'ls', '--json']],
    ['a stream', ['stack', 'logs', 'voting-app']],
    ['help', ['help']],
  ])('a full disk is an error that says so: %s', async (_what, args) => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const { stderr, exitCode } = await shell.bash(`berth ${args.join(' ')} >/dev/full`);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error: cannot write the output: .*ENOSPC.*\n$/);
  });

  test('a full disk behind stderr loses no exit code', async () => {
    const shell = openShell();
    expect((await shell.bash('berth stack inspect nope 2>/dev/full')).exitCode).toBe(4);
    const { stdout } = await shell.bash('berth stack inspect nope --json 2>/dev/full');
    expect(errorOn(stdout)).toMatchObject({ code: 'not_found' });
  });

  test('and stderr too: it still ends, and the work is done', async () => {
    const shell = openShell();
    const { exitCode } = await shell.bash(`berth up -f ${votingApp} >&- 2>&-`);
    expect(exitCode).toBe(0);
    expect((await shell.berth('stack', 'ls', '--format', '{{.state}}')).stdout).toBe('Running\n');
  });
});

describe('Ctrl-C', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s while an up waits: 130, and the action is Canceled',
    async (signal) => {
      const shell = openShell({ BERTH_SANDBOX_SPEED: '4' });
      const child = shell.start('up', '-f', votingApp);
      const ended = outcome(child);
      await printed(child, /service db: starting/, 'stderr');
      child.kill(signal);
      const { stdout, stderr, exitCode } = await ended;
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 130 });
      expect(stderr).toMatch(new RegExp(`\\nError: interrupted by ${signal}\\nHint: .*again`));
      expect(stderr).not.toMatch(trace);
      const actions = await shell.berth('action', 'ls', '--format', '{{.state}}: {{.reason}}');
      expect(actions.stdout).toBe(`Canceled: interrupted by ${signal}\n`);
      const again = await shell.berth('up', '-f', votingApp);
      expect({ stdout: again.stdout, exitCode: again.exitCode }).toEqual({ stdout: 'voting-app\n', exitCode: 0 });
    },
  );

  test('with --json: the document says so', async () => {
    const shell = openShell(slow);
    const child = shell.start('up', '-f', votingApp, '--json');
    const ended = outcome(child);
    await printed(child, /service db: starting/, 'stderr');
    child.kill('SIGINT');
    const { stdout, exitCode } = await ended;
    expect(errorOn(stdout)).toMatchObject({ code: 'interrupted', message: 'interrupted by SIGINT', exitCode: 130 });
    expect(exitCode).toBe(130);
  });

  test.each([
    ['stack', 'logs', 'voting-app'],
    ['service', 'logs', 'vote'],
    ['container', 'logs', 'vote-1'],
  ])('a follow of %s %s: 130, and what was printed is whole lines', async (...words) => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const child = shell.start(...words, '--follow');
    const ended = outcome(child);
    await printed(child, /\n/);
    child.kill('SIGINT');
    const { stdout, stderr, exitCode } = await ended;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/\n$/);
    expect(stderr).not.toMatch(trace);
  });

  test('a wait for somebody else who holds the stack: 130, nothing changed', async () => {
    const shell = openShell(slow);
    const first = shell.start('up', '-f', votingApp);
    await printed(first, /service db: starting/, 'stderr');
    const second = shell.start('service', 'scale', 'vote=5');
    const ended = outcome(second);
    await printed(second, /waiting for tester \(Stack Up, process \d+ on /, 'stderr');
    second.kill('SIGINT');
    const { stdout, stderr, exitCode } = await ended;
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 130 });
    expect(stderr).toMatch(/Error: interrupted by SIGINT\nHint: Nothing was changed\./);
    expect((await shell.berth('action', 'ls', '--format', '{{.name}}: {{.state}}')).stdout).toBe(
      'Stack Up: In progress\n',
    );
  });

  test('on a terminal: the spinner goes, the cursor is shown again', async ({ skip }) => {
    skip(!hasPty, 'no util-linux script(1) here to make a terminal');
    const shell = openShell(slow);
    const child = shell.startPty(`berth up -f ${votingApp}`);
    const ended = outcome(child);
    await printed(child, /\u001b\[\?25l/);
    child.stdin?.write('\u0003');
    const { stdout, exitCode } = await ended;
    expect(exitCode).toBe(130);
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'));
    expect(stdout).toContain('interrupted by SIGINT');
    expect(stdout).not.toMatch(trace);
  });

  test('at a question: 130, and nothing is terminated', async ({ skip }) => {
    skip(!hasPty, 'no util-linux script(1) here to make a terminal');
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const child = shell.startPty('berth stack terminate voting-app');
    const ended = outcome(child);
    await printed(child, /Terminate the stack voting-app \(5 services\)\? \[y\/N\]/);
    child.stdin?.write('\u0003');
    expect((await ended).exitCode).toBe(130);
    expect((await shell.berth('stack', 'ls', '--format', 'name')).stdout).toBe('voting-app\n');
  });
});
