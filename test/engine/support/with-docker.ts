// Runs a command with DOCKER_HOST pointing to a Docker of its own, which is gone afterwards:
//
//   npm run with-docker -- npm run start:docker
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { engineAvailable, startDaemon } from './daemon.js';

async function main([command, ...args]: readonly string[]): Promise<number> {
  const reason = command === undefined ? 'name a command' : engineAvailable();
  if (command === undefined || reason !== null) {
    console.error(reason);
    return 2;
  }
  const daemon = await startDaemon({ name: 'with' });
  try {
    const { DOCKER_CONTEXT: _, ...env } = process.env;
    const child = spawn(command, args, { stdio: 'inherit', env: { ...env, DOCKER_HOST: daemon.host } });
    const [status]: unknown[] = await once(child, 'close');
    return typeof status === 'number' ? status : 1;
  } finally {
    await daemon.stop();
  }
}

// Ctrl-C goes to the command as well: this stays until it has ended, and then stops the Docker.
process.on('SIGINT', () => undefined);
process.exitCode = await main(process.argv.slice(2));
