// What every script needs first: the packages of package-lock.json, the generated sources, the build. Each is done only
// when it is missing or older than what it is made from.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export function prepare() {
  const unlock = lock();
  try {
    install();
    run(process.execPath, [path.join(root, 'scripts', 'generate.mjs')]);
    const built = Math.min(modified('oclif.manifest.json'), modified('dist/build-id'), modified('dist/core.cjs'));
    if (newest(['src', 'scripts', 'package.json']) > built) {
      run(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
    }
  } finally {
    unlock();
  }
}

/** One process prepares at a time; the others wait for it. A lock whose holder is gone is taken over. */
function lock() {
  const file = path.join(root, 'build', 'lock');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      const unlock = () => fs.rmSync(file, { force: true });
      process.once('exit', unlock);
      return unlock;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
    if (isRunning(holder)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    else fs.rmSync(file, { force: true });
  }
}

function isRunning(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs a command with its output shown; ends this process when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function install() {
  // NODE_ENV=production leaves the tools out that build; an install without them is not complete.
  const complete = fs.existsSync(path.join(root, 'node_modules', 'esbuild', 'package.json'));
  if (complete && modified('node_modules/.package-lock.json') >= modified('package-lock.json')) return;
  console.log('Installing packages ...');
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    shell: process.platform === 'win32',
  });
}

/** Milliseconds since 1970 of the newest file below these paths. */
function newest(paths) {
  return Math.max(
    ...paths.map((name) => {
      const full = path.join(root, name);
      if (!fs.statSync(full).isDirectory()) return modified(name);
      return Math.max(
        0,
        ...fs
          .readdirSync(full, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => fs.statSync(path.join(entry.parentPath, entry.name)).mtimeMs),
      );
    }),
  );
}

function modified(name) {
  return fs.statSync(path.join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
