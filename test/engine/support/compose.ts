import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { EngineShell } from './shell.js';

/** Null, or why docker-compose 1 cannot be tested with. */
export function composeReason(): string | null {
  const { status } = spawnSync('docker-compose', ['version', '--short']);
  return status === 0 ? null : 'there is no docker-compose command';
}

/** Runs docker-compose in the folder of the shell, on its Docker, and gives its stdout; throws with its stderr. */
export async function compose(shell: EngineShell, ...args: readonly string[]): Promise<string> {
  const { PATH = '', HOME = '', DOCKER_HOST = '' } = shell.env;
  const env = { PATH, HOME, DOCKER_HOST, COMPOSE_PROGRESS: 'plain', LANG: 'C.UTF-8' };
  return (await promisify(execFile)('docker-compose', args, { cwd: shell.cwd, env })).stdout;
}
