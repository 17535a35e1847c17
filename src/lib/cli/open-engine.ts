import { spawn } from 'node:child_process';
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
    detach: (actionId) => startRunner(runtime, actionId),
  });
}

/** Starts `berth action run ID` in a process that outlives this one. */
async function startRunner({ host, home }: Runtime, actionId: string): Promise<void> {
  const runner = spawn(process.execPath, [path.join(host.root, 'bin', 'run.js'), 'action', 'run', actionId], {
    cwd: host.root,
    env: { ...host.env, BERTH_BACKEND: 'engine', BERTH_ENGINE: 'sandbox', BERTH_HOME: home },
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  await new Promise<void>((resolve, reject) => {
    runner.once('spawn', resolve);
    runner.once('error', reject);
  });
  runner.unref();
}
