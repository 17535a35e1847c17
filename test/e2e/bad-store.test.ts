import fs from 'node:fs';
import path from 'node:path';
import Libsql from 'libsql';
import { describe, expect, test } from 'vitest';
import { openShell, type Shell, votingApp } from './support/berth.js';
import { refused } from './support/refused.js';

const storeOf = (shell: Shell): string => path.join(shell.home, 'berth.db');

/** Every file below BERTH_HOME with its bytes. */
function bytes(shell: Shell): readonly (readonly [name: string, content: string])[] {
  return fs
    .readdirSync(shell.home)
    .map((name) => [name, fs.readFileSync(path.join(shell.home, name), 'base64')] as const);
}

const verbs = [
  ['stack', 'ls'],
  ['up', '-f', votingApp],
  ['stack', 'terminate', 'voting-app', '--yes'],
];

describe('a store that cannot be read is refused and left as it is', () => {
  test.each([
    ['text', 'These are my notes, and no database at all.\n'.repeat(200)],
    ['a few bytes', 'x'],
    ['the beginning of a database', 'SQLite format 3\0'],
    ['zeros', '\0'.repeat(8192)],
  ])('%s', async (_what, content) => {
    const shell = openShell();
    fs.mkdirSync(shell.home);
    fs.writeFileSync(storeOf(shell), content);
    const before = bytes(shell);
    for (const args of verbs) {
      await refused(shell, args, {
        exitCode: 2,
        code: 'store',
        message: `the store ${storeOf(shell)} is damaged, or not a berth store`,
        hint: /Nothing was changed\. .* mv .*berth\.db/,
      });
      expect(bytes(shell)).toEqual(before);
    }
  });

  test('pages overwritten', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const file = fs.openSync(storeOf(shell), 'r+');
    fs.writeSync(file, Buffer.alloc(12_000, 0xa5), 0, 12_000, 150);
    fs.closeSync(file);
    const before = bytes(shell);
    for (const args of verbs) {
      await refused(shell, args, {
        exitCode: 2,
        code: 'store',
        message: `the store ${storeOf(shell)} is damaged, or not a berth store`,
        hint: /Nothing was changed/,
      });
      expect(bytes(shell)).toEqual(before);
    }
  });

  test('the store of a newer berth', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const store = new Libsql(storeOf(shell));
    store.exec(
      "INSERT INTO berth_migration VALUES (9999, 'of tomorrow', '2100-01-01'); PRAGMA wal_checkpoint(TRUNCATE)",
    );
    store.close();
    const before = bytes(shell);
    const { stdout, stderr, exitCode } = await shell.berth('up', '-f', votingApp);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(/^Error: the store .* was written by a newer berth\n.*\nHint: Nothing was changed/);
    expect(bytes(shell)).toEqual(before);
  });

  test('a directory in its place', async () => {
    const shell = openShell();
    fs.mkdirSync(storeOf(shell), { recursive: true });
    await refused(shell, ['up', '-f', votingApp], {
      exitCode: 2,
      code: 'store',
      message: `the store ${storeOf(shell)} cannot be opened`,
      hint: /is a directory: point BERTH_HOME elsewhere/,
    });
    expect(fs.readdirSync(storeOf(shell))).toEqual([]);
  });

  test('a file in the place of BERTH_HOME', async () => {
    const shell = openShell();
    fs.writeFileSync(shell.home, 'mine');
    const { stderr, exitCode } = await shell.berth('up', '-f', votingApp);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^Error: .*\nHint: .*point BERTH_HOME elsewhere/s);
    expect(fs.readFileSync(shell.home, 'utf8')).toBe('mine');
  });

  test('no permission', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may read everything');
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    fs.chmodSync(storeOf(shell), 0);
    await refused(shell, ['stack', 'ls'], {
      exitCode: 2,
      code: 'store',
      message: `the store ${storeOf(shell)} cannot be opened`,
      hint: /Check who owns .*berth\.db/,
    });
    fs.chmodSync(storeOf(shell), 0o600);
    expect((await shell.berth('stack', 'ls', '--format', 'name')).stdout).toBe('voting-app\n');
  });
});

describe('a store that cannot grow', () => {
  // `ulimit -f` counts blocks of 1,024 bytes in bash. BERTH_CODE_CACHE=0: only the store is to meet the limit.
  const limited = (blocks: number, line: string): string => `export BERTH_CODE_CACHE=0; ulimit -f ${blocks}; ${line}`;

  test('from the first byte on: nothing is left that stops the next run', async () => {
    const shell = openShell();
    const { stdout, stderr, exitCode } = await shell.bash(limited(1, `berth up -f ${votingApp}`));
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(/^Error: the store .* cannot grow\n.*\nHint: .*ulimit -f/);
    expect((await shell.berth('up', '-f', votingApp)).stdout).toBe('voting-app\n');
  });

  test('in the middle of its work: the change is taken back, the store is whole, the next run goes on', async () => {
    const shell = openShell();
    await shell.berth('stack', 'create', '-f', votingApp);
    const blocks = Math.ceil(fs.statSync(storeOf(shell)).size / 1024);
    let refusals = 0;
    for (const more of [0, 24, 48, 72, 96, 120]) {
      const run = await shell.bash(limited(blocks + more, `berth up -f ${votingApp}`));
      if (run.exitCode === 0) continue;
      refusals++;
      expect(run.exitCode).toBe(2);
      expect(run.stderr).toMatch(/Error: the store .* cannot grow\n/);
      expect(run.stderr).not.toMatch(/node:internal|\.c?js:\d+/);
      const list = await shell.berth('stack', 'ls', '--format', 'name');
      expect({ stdout: list.stdout, exitCode: list.exitCode }).toEqual({ stdout: 'voting-app\n', exitCode: 0 });
      expect((await shell.berth('service', 'ps', '--format', 'name')).stdout.split('\n')).toHaveLength(6);
    }
    expect(refusals).toBeGreaterThan(0);
    const { stdout, exitCode } = await shell.berth('up', '-f', votingApp);
    expect({ stdout, exitCode }).toEqual({ stdout: 'voting-app\n', exitCode: 0 });
    const states = await shell.berth('service', 'ps', '--format', '{{.state}}');
    expect(states.stdout).toBe('Running\n'.repeat(5));
    // An action that was cut off reads as that, and none as still running.
    const actions = await shell.berth('action', 'ls', '--format', '{{.state}}');
    expect(new Set(actions.stdout.trim().split('\n'))).toEqual(new Set(['Success', 'Failed']));
  });
});
