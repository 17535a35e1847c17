// What every script needs first: the packages of package-lock.json, the generated sources, the build. Each is done only
// when it is missing or older than what it is made from.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export function prepare() {
  install();
  run(process.execPath, [path.join(root, 'scripts', 'generate.mjs')]);
  if (newest(['src', 'scripts', 'package.json']) > modified('oclif.manifest.json')) {
    run(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
  }
}

/** Runs a command with its output shown; ends this process when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function install() {
  if (modified('node_modules/.package-lock.json') >= modified('package-lock.json')) return;
  console.log('Installing packages ...');
  run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
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
