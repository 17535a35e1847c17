import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Backend } from '../port/backend.js';
import { openEngineBackend } from './backend.js';
import { openDocker } from './engines/docker/docker.js';
import type { ControlOptions } from './open.js';
import { hostProcesses } from './processes.js';
import { unfinishedMark } from './store/unfinished-mark.js';

export interface DockerControlOptions extends ControlOptions {
  /** Of the user: Docker's own configuration is below it unless `DOCKER_CONFIG` says otherwise. */
  readonly userHome: string;
  /** Ends every call to the engine that nobody waits for any more. */
  readonly signal: AbortSignal;
}

/**
 * Opens the engine backend over the Docker engine that the environment names: `DOCKER_HOST`, a context, the local socket.
 *
 * @throws UsageError for an endpoint that cannot be read; UnreachableError when nobody answers. Verbs that need the
 *   store throw StoreError when it cannot be used.
 */
export async function openDockerControl(options: DockerControlOptions): Promise<Backend> {
  const { home, env, userHome, principal, now, detach, signal } = options;
  const processes = hostProcesses();
  const path = join(home, 'berth.db');
  return openEngineBackend({
    // Loaded where it is needed: what is kept in it are actions, and a verb that only reads from the engine has none.
    openStore: async () => (await import('./store/store.js')).openStore({ path, processes, now }),
    mayHaveNotices: () => unfinishedMark(path).isSet(),
    openEngine: () => openDocker({ env, home: userHome, processes, signal }),
    principal,
    now,
    randomUuid: randomUUID,
    processes,
    detach,
  });
}
