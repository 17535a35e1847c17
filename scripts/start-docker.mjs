// `npm run start:docker`: installs what is missing, builds, and deploys examples/local-shop on the Docker that the docker
// command reaches (DOCKER_HOST, DOCKER_CONTEXT, else the local one). Its images are built here; no registry is asked.
// berth's own files go to a BERTH_HOME inside this folder.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { prepare, root, run } from './prepare.mjs';

prepare();

const example = 'examples/local-shop/compose.yaml';
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(DOCKERCLOUD|DEIS|OCCS|BERTH|COMPOSE)_/.test(name)),
);
Object.assign(env, { BERTH_HOME: path.join(root, '.berth', 'demo-docker'), BERTH_ENGINE: 'docker' });

/** The version of the Docker that is there; ends this process, with what to do, where there is none. */
function dockerVersion() {
  const { error, status, stdout, stderr } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    env,
  });
  if (status === 0) return stdout.toString().trim();
  const missing = error !== undefined;
  console.error(
    missing ? 'There is no docker command here.' : `Docker cannot be reached: ${stderr.toString().trim() || status}`,
  );
  console.error(`
  A Docker on this machine, on Debian or Ubuntu:  sudo apt-get install docker.io && sudo service docker start
  May you use it?                                 sudo usermod -aG docker $USER, then log in again
  A Docker elsewhere:                             DOCKER_HOST=ssh://user@machine npm run start:docker
  None at all:                                    npm start deploys an example on the sandbox, without containers
`);
  process.exit(1);
}

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

console.log(`Docker ${dockerVersion()}`);
const images = ['web=local/web:1', 'web=local/web:2', 'steady=local/worker:1'];
run(process.execPath, [path.join(root, 'scripts', 'engine-image.mjs'), ...images], { env });

berth('stack', 'up', '-f', example);
berth('stack', 'ls');
berth('container', 'ps', '--stack', 'local-shop');
berth('stack', 'logs', 'local-shop', '--tail', '3');
berth('action', 'logs', lastDeployment('local-shop'));

console.log(`
local-shop runs on Docker. Try next:

  export BERTH_HOME="$PWD/.berth/demo-docker" BERTH_ENGINE=docker
  curl http://localhost:8081/
  VERSION=2 node bin/run.js stack up -f ${example}
  node bin/run.js releases ls --app local-shop
  node bin/run.js container exec web-1.local-shop -- hostname
  node bin/run.js stack terminate local-shop
`);
