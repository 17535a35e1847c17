import fs from 'node:fs';
import path from 'node:path';
import type { Check } from '../../ui/views/doctor.js';
import { failed, ok } from './outcome.js';

/** What is installed, as oclif's manifest tells it. */
export interface Installation {
  /** The folder of package.json. */
  readonly root: string;
  readonly version: string;
  /** True when commands come from the TypeScript sources. */
  readonly fromSources: boolean;
  /** The file of each command, below the root. */
  readonly commandFiles: readonly string[];
}

/** @param version Node's own: `20.20.2`. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const isEnough = major > 20 || (major === 20 && (minor > 18 || (minor === 18 && patch >= 1)));
  if (isEnough) return ok('node', `Node.js ${version}`);
  return failed('node', `Node.js ${version} is too old`, 'berth needs Node.js 20.18.1 or newer.');
}

export function checkBuild({ root, version, fromSources, commandFiles }: Installation): Check {
  if (fromSources) return ok('build', `berth ${version}, from its sources in ${root}`);
  const again = 'Install berth again, or run `npm run build` in its folder.';
  const file = path.join(root, 'dist', 'build-id');
  const build = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : undefined;
  if (build === undefined) return failed('build', `berth ${version} has no ${file}`, again);
  const missing = commandFiles.filter((command) => !fs.existsSync(path.join(root, command)));
  if (missing.length === 0) return ok('build', `berth ${version}, build ${build}, ${commandFiles.length} commands`);
  return failed('build', `the build lacks ${missing.join(', ')}`, again);
}
