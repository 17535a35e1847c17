import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { launcher, openShell, root } from './support/berth.js';

const manifest: { version: string; bin: { berth: string } } = JSON.parse(
  fs.readFileSync(path.join(root, 'package.json'), 'utf8'),
);

describe('the launcher', () => {
  test.each(['--version', '-v'])('%s prints the version without loading the build', async (flag) => {
    const shell = openShell({ NODE_DEBUG: 'module' });
    const { stdout, stderr, exitCode } = await shell.berth(flag);
    expect(stdout).toBe(`berth/${manifest.version} ${process.platform}-${process.arch} node-${process.version}\n`);
    expect(stderr).not.toContain('core.cjs');
    expect(exitCode).toBe(0);
  });

  test('prints the version to a full disk and to a closed pipe without a stack trace', async () => {
    const shell = openShell();
    const full = await shell.bash('berth --version >/dev/full');
    expect(full).toMatchObject({ stdout: '', stderr: '', exitCode: 1 });
    const closed = await shell.bash('berth --version | true');
    expect(closed).toMatchObject({ stdout: '', stderr: '', exitCode: 0 });
  });

  test('works where the current directory is gone, unless it is needed', async () => {
    const shell = openShell();
    const gone = 'mkdir gone && cd gone && rmdir ../gone';
    const list = await shell.bash(`${gone} && berth stack ls`);
    expect(list).toMatchObject({ stdout: '', exitCode: 0 });
    const up = await shell.bash(`${gone} && berth up`);
    expect(up).toMatchObject({ stdout: '', exitCode: 2 });
    expect(up.stderr).toMatch(/^Error: the current directory is gone\nHint: /m);
  });

  test('reads --env-file by its own grammar, although Node takes the flag too', async () => {
    const shell = openShell();
    shell.write('compose.yaml', 'services: {web: {image: "x:${TAG}-${MORE}"}}');
    shell.write('a.env', "TAG='one'\nMORE=$TAG # comment\n");
    shell.write('b.env', 'TAG=two\n');
    const { stdout } = await shell.berth('compose', 'config', '--images', '--env-file', 'a.env', '--env-file', 'b.env');
    expect(stdout).toBe('x:two-one\n');
  });

  test('keeps compiled code in the cache directory and nothing else outside BERTH_HOME', async () => {
    const shell = openShell();
    const cache = path.join(path.dirname(shell.cwd), 'cache');
    const env = { XDG_CACHE_HOME: cache };
    await shell.berthWith(env, 'backend', 'ls');
    const written = fs.readdirSync(cache, { recursive: true }).map(String);
    expect(written.some((file) => file.endsWith('core.cjs.bin'))).toBe(true);
    const second = await shell.berthWith(env, 'backend', 'ls');
    expect(second.exitCode).toBe(0);
    expect(fs.readdirSync(cache, { recursive: true }).map(String)).toEqual(written);
    expect(fs.readdirSync(path.dirname(shell.cwd)).sort()).toEqual(['cache', 'work']);
  });

  test('works with a damaged cache, with a read-only one, without a home and with the cache switched off', async () => {
    const shell = openShell();
    const cache = path.join(path.dirname(shell.cwd), 'cache');
    const first = await shell.berthWith({ XDG_CACHE_HOME: cache }, 'backend', 'ls');
    for (const file of fs.readdirSync(cache, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) fs.writeFileSync(path.join(file.parentPath, file.name), 'not a cache');
    }
    fs.writeFileSync(path.join(shell.cwd, 'file'), '');
    const runs = await Promise.all([
      shell.berthWith({ XDG_CACHE_HOME: cache }, 'backend', 'ls'),
      shell.berthWith({ XDG_CACHE_HOME: path.join(shell.cwd, 'file') }, 'backend', 'ls'),
      shell.berthWith({ XDG_CACHE_HOME: '', HOME: '' }, 'backend', 'ls'),
      shell.berthWith({ BERTH_CODE_CACHE: '0' }, 'backend', 'ls'),
    ]);
    expect(runs).toEqual([first, first, first, first]);
  });

  test('does not run compiled code from a directory that others may write to', async () => {
    const shell = openShell();
    const env = { XDG_CACHE_HOME: path.join(path.dirname(shell.cwd), 'cache') };
    const first = await shell.berthWith(env, 'backend', 'ls');
    const builds = path.join(env.XDG_CACHE_HOME, 'berth', 'v8');
    const build = path.join(builds, fs.readdirSync(builds)[0] ?? '');
    const before = fs.readdirSync(build);
    fs.rmSync(path.join(build, 'core.cjs.bin'));
    fs.chmodSync(build, 0o777);
    expect(await shell.berthWith(env, 'backend', 'ls')).toEqual(first);
    expect(fs.readdirSync(build)).toEqual(before.filter((name) => name !== 'core.cjs.bin'));
  });

  test('keeps the caches of the newest builds only', async () => {
    const shell = openShell();
    const builds = path.join(path.dirname(shell.cwd), 'cache', 'berth', 'v8');
    for (let age = 1; age <= 6; age++) {
      fs.mkdirSync(path.join(builds, `old-${age}`), { recursive: true });
      fs.utimesSync(path.join(builds, `old-${age}`), new Date(), new Date(Date.now() - age * 60_000));
    }
    await shell.berthWith({ XDG_CACHE_HOME: path.dirname(path.dirname(builds)) }, 'backend', 'ls');
    const kept = fs.readdirSync(builds);
    expect(kept).toHaveLength(4);
    expect(kept).toEqual(expect.arrayContaining(['old-1', 'old-2', 'old-3']));
  });

  test('says how to build when there is no build', async () => {
    const shell = openShell();
    fs.cpSync(path.join(root, 'bin'), path.join(shell.cwd, 'bin'), { recursive: true });
    fs.copyFileSync(path.join(root, 'package.json'), path.join(shell.cwd, 'package.json'));
    const { stderr, exitCode } = await shell.bash('node bin/run.js stack ls');
    expect(stderr).toContain('npm start');
    expect(exitCode).toBe(2);
  });

  test('runs from the sources under tsx', async () => {
    const shell = openShell();
    const tsx = path.join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs');
    const { stdout, stderr, exitCode } = await shell.bash(
      `node --import ${JSON.stringify(tsx)} ${JSON.stringify(path.join(root, 'bin', 'dev.js'))} backend ls --format name`,
    );
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: 'engine\n', stderr: '', exitCode: 0 });
  });

  test('is the program that package.json installs as berth', () => {
    expect(path.join(root, manifest.bin.berth)).toBe(launcher);
    expect(fs.statSync(launcher).mode & 0o111).not.toBe(0);
  });
});
