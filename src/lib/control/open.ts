import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Backend } from '../port/backend.js';
import { UnsupportedError, UsageError } from '../port/errors.js';
import type { Principal } from '../port/principal.js';
import type { CallContext } from '../port/verb.js';
import { openEngineBackend } from './backend.js';
import { parseSandboxConfig } from './engines/sandbox/config.js';
import { openSandbox } from './engines/sandbox/sandbox.js';
import { hostProcesses } from './processes.js';

export interface ControlOptions {
  /** berth's own folder; made where it is missing. */
  readonly home: string;
  /** `BERTH_ENGINE`, `BERTH_SANDBOX_*` and `CI` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly principal: Principal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Starts `berth action run ID` so that it outlives this process; resolves when it has been started. */
  readonly detach: (actionId: string) => Promise<void>;
}

/**
 * Opens the engine backend over the engine that the environment chooses.
 *
 * @throws UsageError for an engine that there is not, or sandbox settings that cannot be read; StoreError.
 */
export async function openControl(options: ControlOptions): Promise<Backend> {
  const { env, home, now, principal, detach } = options;
  const named = env['BERTH_ENGINE'];
  if (named !== undefined && named !== '' && named !== 'sandbox') {
    throw new UsageError(`BERTH_ENGINE: there is no engine ${JSON.stringify(named)}`, { hint: 'There is: sandbox.' });
  }
  const config = parseSandboxConfig(env);
  return openEngineBackend({
    storePath: join(home, 'berth.db'),
    openEngine: async (store) => openSandbox({ journal: store.journal('sandbox'), now, config }),
    principal,
    now,
    randomUuid: randomUUID,
    processes: hostProcesses(),
    detach,
    beforeMutation: named === 'sandbox' ? () => undefined : (context) => admitSandbox(env, context),
  });
}

/** A sandbox that nobody asked for must not pass for a deployment. */
function admitSandbox(env: ControlOptions['env'], context: CallContext): void {
  if (env['CI'] === 'true') {
    throw new UnsupportedError('there is no container engine here, and CI=true refuses the sandbox', {
      hint: 'Nothing was changed. Set BERTH_ENGINE=sandbox if a simulated deployment is what you want.',
    });
  }
  context.progress?.({ subject: 'engine', status: 'sandbox: containers are simulated', done: true });
}
