import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { openControl } from '../control/open.js';
import type { Backend } from '../port/backend.js';
import { principalOf } from './principal.js';
import type { Runtime } from './runtime.js';

/**
 * Opens the engine backend in berth's own folder. Reached by a dynamic import: it brings the store with it.
 *
 * @throws UsageError for sandbox settings that cannot be read; StoreError when the store cannot be used.
 */
export async function openEngineOf(runtime: Runtime): Promise<Backend> {
  return openControl({
    home: runtime.home,
    env: runtime.env,
    principal: principalOf(runtime.env),
    now: () => runtime.now(),
    detach: (action) => startRunner(runtime, action),
  });
}

interface Handed {
  readonly id: string;
  readonly namespace: string;
  readonly user: string;
}

/**
 * Starts `berth action run ID` in a process that outlives this one, for the same principal. What it says that is not in
 * the action's log goes to `runner.log` of berth's own folder.
 */
async function startRunner({ host, home }: Runtime, { id, namespace, user }: Handed): Promise<void> {
  const log = openSync(path.join(home, 'runner.log'), 'a', 0o600);
  try {
    const runner = spawn(process.execPath, [path.join(host.root, 'bin', 'run.js'), 'action', 'run', id], {
      cwd: host.root,
      env: {
        ...host.env,
        ...{ BERTH_BACKEND: 'engine', BERTH_ENGINE: 'sandbox', BERTH_HOME: home, BERTH_PROGRESS: 'quiet' },
        ...{ USER: user, DOCKERCLOUD_NAMESPACE: namespace },
      },
      detached: true,
      stdio: ['ignore', 'ignore', log],
      windowsHide: true,
    });
    await new Promise<void>((resolve, reject) => {
      runner.once('spawn', resolve);
      runner.once('error', reject);
    });
    runner.unref();
  } finally {
    closeSync(log);
  }
}
