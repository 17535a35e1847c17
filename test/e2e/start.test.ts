import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { outcome, root, type Run } from './support/berth.js';

interface Clone {
  readonly folder: string;
  readonly home: string;
  readonly cache: string;
  run(...command: string[]): Promise<Run>;
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
  // The lock file must not look newer than what is installed: `npm start` would install over the link.
  const installed = fs.statSync(path.join(root, 'node_modules', '.package-lock.json')).mtime;
  fs.utimesSync(path.join(folder, 'package-lock.json'), installed, installed);
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
    folder,
    home,
    cache,
    run: ([command = '', ...args]: string[] = []) =>
      outcome(spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })),
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
