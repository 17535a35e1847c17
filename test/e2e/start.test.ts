import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { outcome, root, type Run } from './support/berth.js';

interface Clone {
  /** Holds the clone, the home and the cache, and at first nothing else. */
  readonly base: string;
  readonly folder: string;
  readonly home: string;
  readonly cache: string;
  readonly run: (command: string, ...args: string[]) => Promise<Run>;
}

/** The files that git tracks or would track, as in a fresh clone; packages are linked instead of installed. */
function clone(): Clone {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-clone-'));
  onTestFinished(() => {
    fs.rmSync(base, { recursive: true, force: true });
  });
  const folder = path.join(base, 'clone');
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of list.toString().split('\0')) {
    if (file === '' || !fs.existsSync(path.join(root, file))) continue;
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.copyFileSync(path.join(root, file), path.join(folder, file));
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  // The lock file must not look newer than what is installed, not even by rounding: `npm start` would install over the
  // link, and take away what everybody else runs on.
  const installed = fs.statSync(path.join(root, 'node_modules', '.package-lock.json')).mtimeMs;
  const before = new Date(installed - 60_000);
  fs.utimesSync(path.join(folder, 'package-lock.json'), before, before);
  const home = path.join(base, 'home');
  const cache = path.join(base, 'cache');
  fs.mkdirSync(home);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_CACHE_HOME: cache,
    npm_config_cache: path.join(base, 'npm'),
    npm_config_update_notifier: 'false',
    // What a user may have set; the demonstration must not listen to it.
    DOCKER_HOST: 'tcp://127.0.0.1:1',
    DEIS_PROFILE: 'prod',
    BERTH_HOME: path.join(base, 'not-here'),
    BERTH_BACKEND: 'deis',
    COMPOSE_FILE: 'nope.yaml',
    CI: 'true',
  };
  return {
    base,
    folder,
    home,
    cache,
    run: (command, ...args) => outcome(spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })),
  };
}

/** Every file below a folder, without the linked packages. */
function files(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('node_modules'))
    .sort();
}

test('npm start deploys the example from a fresh clone, twice, and writes nothing outside of it', async () => {
  const { base, folder, home, cache, run } = clone();
  const before = files(folder);

  const first = await run('npm', 'start');
  expect(first.exitCode, first.stderr).toBe(0);
  for (const table of [
    /^voting-app +[0-9a-f-]{36} +Running +5 /m,
    /^vote +[0-9a-f-]{36} +Running +2\/2 +example\/vote:1\.4 +8080->80\/tcp/m,
    /^worker-2 +[0-9a-f-]{36} +Running /m,
    /^create service vote \(image example\/vote:1\.4, 2 replicas\): new$/m,
    /^vote is running \(2 of 2\)$/m,
  ]) {
    expect(first.stdout).toMatch(table);
  }
  const next = first.stdout.split('Try next:')[1] ?? '';
  const commands = [...next.matchAll(/^ {2}node bin\/run\.js (.*)$/gm)].map(([, words = '']) => words.split(' '));
  expect(commands).toHaveLength(3);
  expect(next).toMatch(/A real engine: .*BERTH_ENGINE=docker/s);

  const made = files(folder).filter((file) => !before.includes(file));
  const expected = /^(dist\/|build\/|\.berth\/demo\/|oclif\.manifest\.json$|src\/.*\.generated\.js$)/;
  expect(made.filter((file) => !expected.test(file))).toEqual([]);
  expect(made).toContain(path.join('.berth', 'demo', 'berth.db'));
  expect(files(home)).toEqual([]);
  expect(files(cache).filter((file) => !file.startsWith(path.join('berth', 'v8')))).toEqual([]);
  expect(fs.readdirSync(base).filter((name) => !['cache', 'clone', 'home', 'npm'].includes(name))).toEqual([]);

  const second = await run('npm', 'start');
  expect(second.exitCode, second.stderr).toBe(0);
  expect(second.stdout).toMatch(/^voting-app +[0-9a-f-]{36} +Running +5 /m);
  expect(second.stdout).toContain('Try next:');

  // What it says to try works as it stands; the last asks, and there is nobody to answer.
  const typed = (words: readonly string[]): Promise<Run> =>
    run(
      'bash',
      '-c',
      `export BERTH_HOME="$PWD/.berth/demo" BERTH_ENGINE=sandbox BERTH_BACKEND=; unset DEIS_PROFILE; node bin/run.js ${words.join(' ')}`,
    );
  const codes: (number | null)[] = [];
  for (const words of commands) codes.push((await typed(words)).exitCode);
  expect(codes).toEqual([0, 0, 2]);
}, 120_000);
