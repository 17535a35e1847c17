import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Backend } from '../port/backend.js';
import type { Principal } from '../port/principal.js';
import { openEngineBackend } from './backend.js';
import { parseSandboxConfig } from './engines/sandbox/config.js';
import { openSandbox } from './engines/sandbox/sandbox.js';
import { hostProcesses } from './processes.js';

export interface ControlOptions {
  /** berth's own folder; made where it is missing. */
  readonly home: string;
  /** `BERTH_SANDBOX_*` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly principal: Principal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Starts `berth action run ID` so that it outlives this process; resolves when it has been started. */
  readonly detach: (actionId: string) => Promise<void>;
}

/**
 * Opens the engine backend over the sandbox: the one engine there is a driver for.
 *
 * @throws UsageError for sandbox settings that cannot be read; StoreError.
 */
export async function openControl(options: ControlOptions): Promise<Backend> {
  const { env, home, now, principal, detach } = options;
  const config = parseSandboxConfig(env);
  return openEngineBackend({
    storePath: join(home, 'berth.db'),
    openEngine: async (store) => openSandbox({ journal: store.journal('sandbox'), now, config }),
    principal,
    now,
    randomUuid: randomUUID,
    processes: hostProcesses(),
    detach,
  });
}
