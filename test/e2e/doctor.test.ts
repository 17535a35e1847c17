import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Libsql from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { launcher, openShell, outcome, printed, type Shell, votingApp } from './support/berth.js';

interface Check {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly hint: string | null;
}

interface Examined {
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly stdout: string;
  readonly checks: Readonly<Record<string, Check>>;
}

async function examined(
  shell: Shell,
  env: Readonly<Record<string, string>> = {},
  ...args: string[]
): Promise<Examined> {
  const { stdout, stderr, exitCode } = await shell.berthWith(env, 'doctor', '--json', ...args);
  const list: readonly Check[] = JSON.parse(stdout);
  for (const { name, status, hint } of list) {
    expect({ name, hasHint: hint !== null }).toEqual({ name, hasHint: status === 'warning' || status === 'failed' });
  }
  const failed = list.some(({ status }) => status === 'failed');
  expect({ exitCode, stderr }).toEqual({ exitCode: failed ? 1 : 0, stderr: '' });
  return { exitCode, stderr, stdout, checks: Object.fromEntries(list.map((check) => [check.name, check])) };
}

const storeOf = (shell: Shell): string => path.join(shell.home, 'berth.db');

describe('doctor', () => {
  test('on a machine where berth never ran: what cannot be looked at is skipped, and nothing is made', async () => {
    const shell = openShell();
    const { checks } = await examined(shell);
    const statuses = Object.entries(checks).map(([name, { status }]) => [name, status]);
    expect(Object.fromEntries(statuses)).toEqual({
      node: 'ok',
      build: 'ok',
      home: 'ok',
      settings: 'ok',
      store: 'skipped',
      backend: 'ok',
      credentials: 'skipped',
      engine: 'skipped',
      locks: 'skipped',
      actions: 'skipped',
      'code cache': 'ok',
      terminal: 'ok',
      completion: 'skipped',
      clock: 'ok',
    });
    expect(checks.build?.message).toMatch(/^berth \d+\.\d+\.\d+, build [0-9a-f]{16}, \d+ commands$/);
    expect([fs.existsSync(shell.home), fs.readdirSync(shell.cwd)]).toEqual([false, []]);
  });

  test('a line a check, with the way out; other formats are those of a list', async () => {
    const shell = openShell();
    const { stdout, stderr, exitCode } = await shell.berthWith({ SHELL: '/bin/bash' }, 'doctor');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toMatch(/^✔ node {9}Node\.js \d/);
    expect(stdout).toContain('\n- store        there is none yet');
    expect(stdout).toMatch(
      /\n! completion {3}none .*\n {15}Hint: Put this into ~\/\.bashrc: eval "\$\(berth completion bash\)"\n/,
    );
    expect(stdout).toMatch(/\n\n\d+ ok, 1 warning, 5 skipped\.\n$/);
    expect((await shell.berth('doctor', '--format', 'csv', '--columns', 'name,status')).stdout).toMatch(
      /^name,status\r?\nnode,ok\r?\n/,
    );
    expect((await shell.berth('doctor', '-q')).stdout).toMatch(/^node\nbuild\nhome\n/);
  });

  test('after a deployment: the store is sound, the engine answers', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const { checks } = await examined(shell);
    expect(checks.home).toMatchObject({ status: 'ok', message: `${shell.home} (mode 0700)` });
    expect(checks.store).toMatchObject({ status: 'ok' });
    expect(checks.store?.message).toContain('sound, up to date');
    expect(checks.engine?.message).toMatch(/^the sandbox engine answers in \d+ ms: 1 stack$/);
    expect([checks.locks?.message, checks.actions?.message]).toEqual([
      'nothing is being changed',
      'none was left half done',
    ]);
  });

  test('a sandbox that nobody asked for is a warning', async (context) => {
    context.skip(fs.existsSync('/var/run/docker.sock'), 'there is a Docker on this machine, which is used');
    const { checks } = await examined(openShell(), { BERTH_ENGINE: '' });
    expect(checks.backend).toMatchObject({
      status: 'warning',
      hint: 'Set BERTH_ENGINE=sandbox to ask for it by name.',
    });
  });
});

describe('doctor finds', () => {
  test('a Docker that does not answer, by what named it', async () => {
    const shell = openShell();
    const env = { BERTH_ENGINE: 'docker', DOCKER_HOST: `unix://${shell.cwd}/none.sock` };
    const { checks } = await examined(shell, env);
    expect(checks.backend).toMatchObject({ status: 'ok', message: expect.stringContaining('the docker engine') });
    expect(checks.docker).toMatchObject({ status: 'failed', message: expect.stringContaining('none.sock') });
    expect(fs.existsSync(storeOf(shell))).toBe(false);
  });

  test('a damaged store, and leaves it as it is', async () => {
    const shell = openShell();
    fs.mkdirSync(shell.home);
    fs.writeFileSync(storeOf(shell), 'These are my notes.\n'.repeat(300));
    const { checks } = await examined(shell);
    expect(checks.store).toMatchObject({ status: 'failed' });
    expect(checks.store?.message).toContain('is damaged, or not a berth store');
    expect(checks.store?.hint).toContain(`mv ${storeOf(shell)}`);
    expect(checks.engine).toMatchObject({ status: 'skipped', message: 'the store cannot be used' });
    expect(fs.readFileSync(storeOf(shell), 'utf8')).toMatch(/^These are my notes\./);
  });

  test('pages that were overwritten: SQLite itself is asked', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const file = fs.openSync(storeOf(shell), 'r+');
    const { size } = fs.fstatSync(file);
    fs.writeSync(file, Buffer.alloc(size - 16_384, 0xa5), 0, size - 16_384, 16_384);
    fs.closeSync(file);
    const { checks } = await examined(shell);
    expect(checks.store).toMatchObject({ status: 'failed' });
    expect(checks.store?.message).toContain('damaged');
  });

  test("another program's database, and the store of a newer berth", async () => {
    const shell = openShell();
    fs.mkdirSync(shell.home);
    const change = (sql: string): void => {
      const database = new Libsql(storeOf(shell));
      database.exec(sql);
      database.close();
    };
    change('CREATE TABLE bookmark (url TEXT)');
    const foreign = await examined(shell);
    expect(foreign.checks.store?.message).toContain('the database of another program: it has the tables bookmark');
    change(
      'DROP TABLE bookmark; CREATE TABLE berth_migration (number INTEGER); INSERT INTO berth_migration VALUES (999)',
    );
    const newer = await examined(shell);
    expect(newer.checks.store?.message).toContain('was written by a newer berth (migration 999;');
  });

  test('a store that others may read', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    fs.chmodSync(storeOf(shell), 0o644);
    const { checks } = await examined(shell);
    expect(checks.store).toMatchObject({ status: 'warning', hint: `Run \`chmod 600 ${storeOf(shell)}\`.` });
  });

  test('a home that is a file, and one that others may write to', async () => {
    const shell = openShell();
    fs.writeFileSync(shell.home, '');
    const { checks } = await examined(shell);
    expect(checks.home).toMatchObject({
      status: 'failed',
      message: `${shell.home} cannot be used: it is no directory`,
    });
    for (const name of ['store', 'engine', 'locks', 'actions']) {
      expect(checks[name]).toMatchObject({ status: 'skipped', message: 'the home cannot be used' });
    }
    fs.rmSync(shell.home);
    fs.mkdirSync(shell.home);
    fs.chmodSync(shell.home, 0o777);
    expect((await examined(shell)).checks.home).toMatchObject({
      status: 'warning',
      hint: `Run \`chmod 700 ${shell.home}\`.`,
    });
  });

  test('settings that cannot be read: no backend can be chosen, and the rest is looked at all the same', async () => {
    const shell = openShell();
    fs.mkdirSync(shell.home);
    fs.writeFileSync(path.join(shell.home, 'settings.json'), '{');
    const { checks } = await examined(shell);
    expect(checks.settings).toMatchObject({
      status: 'failed',
      hint: 'Mend the file, or delete it to start with no settings.',
    });
    expect([checks.backend?.status, checks.engine?.status, checks.clock?.status]).toEqual(['failed', 'skipped', 'ok']);
    expect(checks.credentials?.message).toBe('none were found, and no backend could be chosen');
  });

  test('settings that may not be read: the way out is in the message, here and of other commands', async () => {
    const shell = openShell();
    // A directory in place of the file is what root cannot read either.
    fs.mkdirSync(path.join(shell.home, 'settings.json'), { recursive: true });
    const hint = `Check who owns ${shell.home} and what is in it, and their modes, or point BERTH_HOME elsewhere.`;
    expect((await examined(shell)).checks.settings).toMatchObject({ status: 'failed', hint });
    expect((await shell.berth('stack', 'ls')).stderr).toContain(`Hint: ${hint}\n`);
  });

  test('a home that may not be looked into (skipped for who is not root)', (context) => {
    context.skip(process.getuid?.() !== 0);
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-closed-'));
    onTestFinished(() => {
      fs.rmSync(home, { recursive: true });
    });
    fs.chmodSync(home, 0o000);
    const nobody = { uid: 65_534, gid: 65_534 };
    const env = { PATH: process.env.PATH, BERTH_HOME: home, BERTH_CODE_CACHE: '0' };
    const { stdout } = spawnSync(process.execPath, [launcher, 'doctor', '--json'], {
      ...nobody,
      env,
      cwd: '/',
      encoding: 'utf8',
    });
    const checks: readonly Check[] = JSON.parse(stdout);
    expect(stdout).not.toContain('mistake in berth');
    expect(checks).toContainEqual({ name: 'store', status: 'skipped', message: 'the home cannot be used', hint: null });
    expect(checks).toContainEqual(expect.objectContaining({ name: 'home', status: 'failed' }));
  });

  test('variables of two platforms, an engine there is not, and a platform without credentials', async () => {
    const shell = openShell();
    const two = await examined(shell, { DEIS_TOKEN: 'x', OCCS_URL: 'http://occs' });
    expect(two.checks.backend?.message).toContain('variables of two platforms are set');
    const engine = await examined(shell, { BERTH_ENGINE: 'sandbux' });
    expect(engine.checks.backend).toMatchObject({ status: 'failed', hint: 'Did you mean sandbox?' });
    const deis = await examined(shell, {}, '--backend', 'deis');
    expect(deis.checks.credentials).toMatchObject({ status: 'failed' });
    expect(deis.checks.engine).toMatchObject({ status: 'failed' });
  });

  test('credentials, without showing them', async () => {
    const shell = openShell();
    const env = { DOCKERCLOUD_USER: 'ann', DOCKERCLOUD_APIKEY: 'k3y-of-ann-4711' };
    const { checks, stdout } = await examined(shell, env, '--backend', 'engine');
    expect(checks.credentials).toMatchObject({ status: 'ok', message: 'found for dockercloud (DOCKERCLOUD_APIKEY)' });
    const selected = await examined(shell, env);
    expect(selected.checks.backend?.message).toContain('dockercloud');
    expect(stdout + selected.stdout).not.toContain('k3y-of-ann');
  });

  test('credentials of another platform that cannot be read', async () => {
    const shell = openShell();
    const folder = path.join(shell.env.HOME ?? '', '.deis');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'client.json'), '{');
    const { checks } = await examined(shell);
    expect(checks.credentials).toMatchObject({ status: 'warning' });
    expect(checks.credentials?.message).toContain('client.json is not valid JSON');
  });

  test('a change that is going on, and one that was interrupted', async () => {
    const shell = openShell({ BERTH_SANDBOX_SPEED: '1', BERTH_SANDBOX_FAULTS: '*:start-slow=60s' });
    const up = shell.start('up', '-f', votingApp, '--progress', 'json');
    await printed(up, /"event":"progress"/, 'stderr');
    const during = await examined(shell);
    expect(during.checks.locks).toMatchObject({ status: 'ok' });
    expect(during.checks.locks?.message).toMatch(
      /^Stack Up of voting-app by tester: in progress for .*\(action [0-9a-f]{8}\)$/,
    );
    up.kill('SIGKILL');
    await outcome(up);
    const { checks } = await examined(shell);
    expect(checks.locks?.message).toBe('nothing is being changed');
    expect(checks.actions).toMatchObject({ status: 'warning' });
    expect(checks.actions?.message).toMatch(/^interrupted: Stack Up of voting-app \(action [0-9a-f]{8}\)$/);
    expect(checks.actions?.hint).toMatch(/`berth action retry [0-9a-f]{8}` goes on with it/);
  });

  test('a code cache that cannot be used, and one that is turned off', async () => {
    const shell = openShell();
    const file = shell.write('cache', '');
    const { checks } = await examined(shell, { XDG_CACHE_HOME: file });
    expect(checks['code cache']).toMatchObject({ status: 'warning' });
    expect((await examined(shell, { BERTH_CODE_CACHE: '0' })).checks['code cache']?.status).toBe('skipped');
  });

  test('whether the shell loads the completion', async () => {
    const shell = openShell();
    const home = shell.env.HOME ?? '';
    fs.mkdirSync(path.join(home, '.config/fish/completions'), { recursive: true });
    fs.writeFileSync(path.join(home, '.zshrc'), 'eval "$(berth completion zsh)"\n');
    fs.writeFileSync(path.join(home, '.config/fish/completions/berth.fish'), '');
    const status = async (program: string) => (await examined(shell, { SHELL: program })).checks.completion?.status;
    expect([await status('/bin/bash'), await status('/usr/bin/zsh'), await status('/usr/bin/fish')]).toEqual([
      'warning',
      'ok',
      'ok',
    ]);
    expect(await status('/bin/tcsh')).toBe('skipped');
  });
});
