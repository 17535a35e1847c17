import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Backend } from '../port/backend.js';
import type { Principal } from '../port/principal.js';
import type { Detach } from './actions/hand-over.js';
import { openEngineBackend } from './backend.js';
import { parseSandboxConfig } from './engines/sandbox/config.js';
import { openSandbox } from './engines/sandbox/sandbox.js';
import { hostProcesses } from './processes.js';
import { openStore } from './store/store.js';

export interface ControlOptions {
  /** berth's own folder; made where it is missing. */
  readonly home: string;
  /** `BERTH_SANDBOX_*` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly principal: Principal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Starts `berth action run ID` so that it outlives this process; resolves when it has been started. */
  readonly detach: Detach;
}

/**
 * Opens the engine backend on this machine: the sandbox, with what its environment says, over the store of `home`.
 *
 * @throws UsageError for settings that cannot be read; StoreError when the store cannot be used.
 */
export async function openControl(options: ControlOptions): Promise<Backend> {
  const { home, env, principal, now, detach } = options;
  const config = parseSandboxConfig(env);
  const processes = hostProcesses();
  return openEngineBackend({
    openStore: () => openStore({ path: join(home, 'berth.db'), processes, now }),
    openEngine: async (store) => openSandbox({ journal: (await store()).journal('sandbox'), now, config }),
    principal,
    now,
    randomUuid: randomUUID,
    processes,
    detach,
  });
}
