import type { Config } from '@oclif/core';
import { createRedactor } from '../../net/redact.js';
import type { Check } from '../../ui/views/doctor.js';
import type { Runtime } from '../runtime.js';
import { checkCredentials, checkSelection, usesDocker } from './backend.js';
import { checkCodeCache, checkHome, checkSettings } from './home.js';
import { failedBy, skipped } from './outcome.js';
import { checkBuild, checkNode, type Installation } from './program.js';
import { checkReach } from './reach.js';
import { checkStore } from './store.js';
import { checkClock, checkCompletion, checkTerminal } from './surroundings.js';

/**
 * Looks at everything berth depends on. Never fails, whatever is broken: each check tells by itself.
 *
 * @param flag the value of `--backend`.
 * @returns one check a name, in an order to read them in.
 */
export async function examine(flag: string | undefined, config: Config, runtime: Runtime): Promise<readonly Check[]> {
  const { env, host } = runtime;
  const user = process.getuid?.();
  const home = attempt('home', () => runtime.home);
  const folder = typeof home === 'string' ? attempted('home', () => checkHome(home, user)) : home;
  const store =
    typeof home === 'string' && folder.status !== 'failed'
      ? attempted('store', () => checkStore(home))
      : skipped('store', unusableHome);
  const checks = [
    checkNode(process.versions.node),
    attempted('build', () => checkBuild(installation(config, runtime))),
    folder,
    ...(typeof home === 'string' ? [attempted('settings', () => checkSettings(home))] : []),
    store,
    checkSelection(flag, runtime),
    ...(await docker(flag, runtime)),
    attempted('credentials', () => checkCredentials(flag, runtime)),
    ...(typeof home === 'string' ? await reached(flag, obstacleIn(folder, store), runtime) : []),
    attempted('code cache', () => checkCodeCache(env, user)),
    checkTerminal(runtime.outputTerminal(), runtime.errorTerminal(), env),
    attempted('completion', () => checkCompletion(env)),
    attempted('clock', () => checkClock(host.root, runtime.now())),
  ];
  return redacted(onceEach(checks), runtime);
}

function installation(config: Config, { host }: Runtime): Installation {
  const files = config.commands.flatMap(({ relativePath }) => (relativePath ? [relativePath.join('/')] : []));
  return {
    root: host.root,
    version: config.version,
    fromSources: host.commands !== undefined,
    commandFiles: [...new Set(files)],
  };
}

function attempt<T>(name: string, work: () => T): T | Check {
  try {
    return work();
  } catch (error) {
    return failedBy(name, error);
  }
}

function attempted(name: string, check: () => Check): Check {
  return attempt(name, check);
}

const unusableHome = 'the home cannot be used';

/** Why the engine backend cannot be opened, as far as is known by then. */
function obstacleIn(home: Check, store: Check): string | undefined {
  if (home.status === 'failed') return unusableHome;
  return store.status === 'failed' ? 'the store cannot be used' : undefined;
}

async function reached(
  flag: string | undefined,
  obstacle: string | undefined,
  runtime: Runtime,
): Promise<readonly Check[]> {
  try {
    return await checkReach(flag, obstacle, runtime);
  } catch (error) {
    return [failedBy('engine', error)];
  }
}

/** Nothing where verbs talk to something else. */
async function docker(flag: string | undefined, runtime: Runtime): Promise<readonly Check[]> {
  if (!usesDocker(flag, runtime)) return [];
  const { checkDocker } = await import('./docker.js');
  return checkDocker(runtime);
}

/** Two may speak of the clock: the one with something to say stays. */
function onceEach(checks: readonly Check[]): readonly Check[] {
  const byName = new Map<string, Check>();
  for (const check of checks) {
    const known = byName.get(check.name);
    if (known === undefined || known.status === 'ok') byName.set(check.name, check);
  }
  return [...byName.values()];
}

function redacted(checks: readonly Check[], { env }: Runtime): readonly Check[] {
  const redact = createRedactor([], env);
  return checks.map(({ message, hint, ...check }) => ({
    ...check,
    message: redact(message),
    hint: hint === null ? null : redact(hint),
  }));
}
