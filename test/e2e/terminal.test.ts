import { describe, expect, test } from 'vitest';
import { hasPty, openShell, outcome, printed, votingApp } from './support/berth.js';

const escape = '\u001b';

/** Without colours, and with the line ends of a file. */
function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}

describe.skipIf(!hasPty)('on a terminal (skipped where there is no util-linux script(1) to make one)', () => {
  test('tables: short ids, ages, colours, and no line wider than the terminal', async () => {
    const shell = openShell({ BERTH_SANDBOX_SEED: 'e2e' });
    await shell.berth('up', '-f', votingApp, '-q');
    const { stdout, exitCode } = await shell.pty('berth container ps', { columns: 86 });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${escape}[32mRunning (healthy)${escape}[39m`);
    const lines = plain(stdout).trimEnd().split('\n');
    expect(lines).toHaveLength(8);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(86);
    expect(lines[0]).toMatch(/^NAME +ID +STATUS +IMAGE/);
    expect(lines[1]).toMatch(/^\S+ +[0-9a-f]{8} +Running \(healthy\) /);
    const actions = plain((await shell.pty('berth action ls')).stdout);
    expect(actions).toMatch(/\n[0-9a-f]{8} +Stack Up +Success +voting-app +\S.*(ago|just now)/);
  });

  test('--no-trunc shows all of it; NO_COLOR and --no-color no colour; a pipe neither', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const whole = plain((await shell.pty('berth container ps --no-trunc', { columns: 60 })).stdout);
    expect(whole).toMatch(/ [0-9a-f-]{36} .* postgres:18-alpine .* voting-app\n/);
    for (const run of [
      await shell.pty('berth container ps --no-color'),
      await shell.pty('berth container ps', { env: { NO_COLOR: '1' } }),
      await shell.pty('berth container ps', { env: { TERM: 'dumb' } }),
      await shell.pty('berth container ps | cat'),
    ]) {
      expect(run.exitCode).toBe(0);
      expect(run.stdout).not.toContain(escape);
      expect(run.stdout).toContain('Running (healthy)');
    }
    const forced = await shell.berthWith({ FORCE_COLOR: '1' }, 'container', 'ps');
    expect(forced.stdout).toContain(`${escape}[32m`);
  });

  test('an up: a spinner that goes away, ticks that stay, the cursor shown again', async () => {
    const shell = openShell({ BERTH_SANDBOX_SPEED: '10' });
    const { stdout, exitCode } = await shell.pty(`berth up -f ${votingApp}`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${escape}[?25l`);
    expect(stdout.lastIndexOf(`${escape}[?25h`)).toBeGreaterThan(stdout.lastIndexOf(`${escape}[?25l`));
    expect(plain(stdout)).toMatch(/✔ service vote: running \(2 of 2\)/);
    expect(plain(stdout)).toMatch(/\nDone by action [0-9a-f]{8}\. /);
  });

  test('a question before terminate: no leaves all as it is, yes does it', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const answer = async (text: string): Promise<{ readonly stdout: string; readonly exitCode: number | null }> => {
      const child = shell.startPty('berth stack terminate voting-app');
      const ended = outcome(child);
      await printed(child, /Terminate the stack voting-app \(5 services\)\? \[y\/N\] /);
      child.stdin?.write(text);
      return ended;
    };
    const no = await answer('n\n');
    expect(no.exitCode).toBe(130);
    expect(plain(no.stdout)).toContain('Error: nothing was changed: not confirmed\n');
    for (const [key, error] of [
      ['\u0003', 'interrupted'],
      ['\u0004', 'nothing was changed: not confirmed'],
    ] as const) {
      const stopped = await answer(key);
      expect(stopped.exitCode).toBe(130);
      // The terminal shows Ctrl-C as ^C; the line of the question is ended before the error.
      expect(plain(stopped.stdout)).toMatch(new RegExp(`\\[y/N\\] (\\^[CD][\\b]*)?\\nError: ${error}`));
    }
    expect((await shell.berth('stack', 'ls', '--format', 'name')).stdout).toBe('voting-app\n');
    expect((await answer('yes\n')).exitCode).toBe(0);
    expect((await shell.berth('stack', 'ls', '--json')).stdout).toBe('[]\n');
  });

  test('an error is red, and its control sequences are taken out', async () => {
    const shell = openShell();
    const { stdout, exitCode } = await shell.pty(`berth stack inspect $'no\\e[31mpe'`);
    expect(exitCode).toBe(4);
    expect(stdout).toContain(`${escape}[31mError:${escape}[39m no stack `);
    expect(stdout).not.toContain(`${escape}[31mpe`);
  });
});
