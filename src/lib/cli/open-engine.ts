import fs from 'node:fs';
import path from 'node:path';
import type { Backend } from '../port/backend.js';
import { chooseEngine, type EngineChoice } from './engine-choice.js';
import { homeDirectory, variable } from './environment.js';
import { principalOf } from './principal.js';
import type { Runtime } from './runtime.js';

/**
 * Opens the engine backend over that engine, with the store of berth's own folder. Reached by a dynamic import: it brings
 * the store with it. The code of an engine that is not used is not loaded.
 *
 * @throws UsageError for settings of the engine that cannot be read; StoreError when the store cannot be used;
 *   UnreachableError for a Docker engine that does not answer.
 */
export async function openEngineOf(runtime: Runtime, engine = chooseEngine(runtime.env).engine): Promise<Backend> {
  const log = variable(runtime.env, 'BERTH_RUNNER_LOG');
  if (log !== undefined) removeAtEnd(path.join(runnersFolder(runtime), path.basename(log)));
  const options = {
    home: runtime.home,
    env: runtime.env,
    principal: principalOf(runtime.env),
    now: () => runtime.now(),
    detach: (action: Handed) => startRunner(runtime, action, engine),
  };
  if (engine === 'sandbox') return (await import('../control/open.js')).openControl(options);
  const { openDockerControl } = await import('../control/open-docker.js');
  const { signal } = runtime;
  return openDockerControl({ ...options, userHome: homeDirectory(runtime.env), signal });
}

interface Handed {
  readonly id: string;
  readonly namespace: string;
  readonly user: string;
}

/**
 * Starts `berth action run ID` in a process that outlives this one, for the same principal. What it says goes to a file of
 * its own, `runners/<time>-<action>.log` of berth's own folder, which stays only where the action's log does not tell how
 * it ended: after an internal error, or a crash of Node.
 */
export async function startRunner(
  runtime: Runtime,
  { id, namespace, user }: Handed,
  engine: EngineChoice['engine'],
): Promise<void> {
  const { host, home } = runtime;
  const { spawn } = await import('node:child_process');
  const folder = runnersFolder(runtime);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeOld(folder, runtime.now());
  const name = `${new Date(runtime.now()).toISOString().replaceAll(':', '-')}-${id}.log`;
  const log = fs.openSync(path.join(folder, name), 'a', 0o600);
  try {
    const runner = spawn(process.execPath, [path.join(host.root, 'bin', 'run.js'), 'action', 'run', id], {
      cwd: host.root,
      env: {
        ...host.env,
        ...{ BERTH_BACKEND: 'engine', BERTH_ENGINE: engine, BERTH_HOME: home },
        ...{ BERTH_PROGRESS: 'quiet', BERTH_RUNNER_LOG: name },
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
    fs.closeSync(log);
  }
}

function runnersFolder({ home }: Runtime): string {
  return path.join(home, 'runners');
}

/** Exit statuses of a runner that are told by its action: success, given up, the ends of a rollout, canceled. */
const toldByAction: ReadonlySet<number> = new Set([0, 7, 10, 11, 12, 13, 130]);

/** A process that crashes ends with another status; one that is killed leaves its file to `removeOld`. */
function removeAtEnd(log: string): void {
  process.once('exit', (status) => {
    if (toldByAction.has(status)) fs.rmSync(log, { force: true });
  });
}

const keptMs = 30 * 86_400_000;

function removeOld(folder: string, nowMs: number): void {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    const changedMs = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
    if (nowMs - changedMs > keptMs) fs.rmSync(file, { force: true });
  }
}
