// `npm start`: installs what is missing, builds, and deploys examples/voting-app on the sandbox, in a BERTH_HOME inside
// this folder. Nothing outside is touched but berth's own code cache.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();

const demo = path.join(root, '.berth', 'demo');
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(DOCKERCLOUD|DEIS|OCCS|BERTH|COMPOSE)_|^DOCKER_HOST$/.test(name)),
);
Object.assign(env, { BERTH_HOME: demo, BERTH_ENGINE: 'sandbox' });

function berth(...args) {
  console.log(`\n$ berth ${args.join(' ')}`);
  const { status, signal } = spawnSync(process.execPath, [path.join(root, 'bin', 'run.js'), ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(signal === null ? (status ?? 1) : 130);
}

/** The beginning of the id of the last deployment of the stack. */
function lastDeployment(stack) {
  const args = ['action', 'ls', '--stack', stack, '--format', 'json'];
  const { stdout } = spawnSync(process.execPath, [path.join(root, 'bin', 'run.js'), ...args], { cwd: root, env });
  return JSON.parse(stdout.toString())
    .find(({ name }) => name === 'Stack Up')
    .id.slice(0, 8);
}

berth('stack', 'up', '-f', 'examples/voting-app/compose.yaml');
berth('stack', 'ls');
berth('service', 'ps', '--stack', 'voting-app');
berth('container', 'ps', '--stack', 'voting-app');
berth('action', 'logs', lastDeployment('voting-app'));

console.log(`
voting-app is deployed on the sandbox: a scheduler that starts no containers. Try next:

  export BERTH_HOME="$PWD/.berth/demo" BERTH_ENGINE=sandbox
  node bin/run.js service scale vote=4
  node bin/run.js stack logs voting-app --tail 3
  node bin/run.js stack terminate voting-app

A real engine: this version drives the sandbox alone; Docker Engine and Docker Swarm are next. Once they are in,
BERTH_ENGINE=docker (or swarm) with DOCKER_HOST, or a reachable local Docker, is all it takes.
`);
