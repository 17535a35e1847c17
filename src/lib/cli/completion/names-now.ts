import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { selectBackend } from '../backend-selection.js';
import { openBackend } from '../backends.js';
import { chooseEngine } from '../engine-choice.js';
import { type Environment, variable } from '../environment.js';
import { principalOf } from '../principal.js';
import type { Runtime } from '../runtime.js';
import { askForNames } from './ask.js';
import type { NameKind } from './name-kinds.js';
import { type Name, NameCache } from './names.js';

/** Which names are meant. */
export interface NamesRequest {
  readonly kind: NameKind;
  /** Of releases and variables: whose. Empty for all other kinds. */
  readonly stack: string;
  /** The value of `--backend`, where it was given. */
  readonly backend: string | undefined;
}

/**
 * Names, as new as can be had in time: those that were kept where they are fresh; else another process asks for them, and
 * what it has not brought by then is what was kept before, or nothing.
 *
 * @param untilMs milliseconds since 1970.
 * @throws what selecting a backend throws.
 */
export async function namesBy(
  untilMs: number,
  request: NamesRequest,
  runtime: Runtime,
  start: (request: NamesRequest, runtime: Runtime, failed: () => void) => void = startRefresh,
): Promise<readonly Name[]> {
  const cache = cacheOf(request, runtime);
  if (cache.isFresh() || !canAsk(request, runtime)) return cache.read();
  if (cache.begin()) {
    start(request, runtime, () => {
      cache.cancel();
    });
  }
  while (cache.isAsked() && runtime.now() < untilMs) await setTimeout(5);
  return cache.read();
}

/** How long a backend may take, in milliseconds. */
const askingLimitMs = 10_000;

/** Asks the backend for names and keeps them. Does nothing where nothing can be kept, and never fails. */
export async function refreshNames(request: NamesRequest, runtime: Runtime): Promise<void> {
  const cache = cacheOf(request, runtime);
  if (!canAsk(request, runtime)) return;
  // Whoever has started this process has noted it already.
  cache.begin();
  let names: readonly Name[] | undefined;
  try {
    names = await askedNow(request, runtime);
  } catch {
    // Completion has no place for errors: the command that is being typed will tell.
  }
  cache.end(names);
}

async function askedNow(request: NamesRequest, runtime: Runtime): Promise<readonly Name[]> {
  const { backend } = await openBackend(request.backend, runtime);
  try {
    const signal = AbortSignal.any([runtime.signal, AbortSignal.timeout(askingLimitMs)]);
    return await askForNames(backend, request.kind, request.stack, { signal });
  } finally {
    await backend.close();
  }
}

function cacheOf({ kind, stack, backend: flag }: NamesRequest, runtime: Runtime): NameCache {
  const { backend } = selectBackend(flag, runtime.env, runtime.settings);
  const whose = backend === 'engine' ? `engine/${engineOf(runtime.env)}` : backend;
  const { namespace } = principalOf(runtime.env);
  return new NameCache(runtime.home, { backend: whose, namespace, kind, stack }, () => runtime.now());
}

/** Tells engines of this user from each other: there may be several of Docker. */
function engineOf(env: Environment): string {
  const { engine, why } = chooseEngine(env);
  if (engine !== 'docker') return engine;
  return `docker ${variable(env, 'DOCKER_HOST') ?? variable(env, 'DOCKER_CONTEXT') ?? why}`;
}

/** Opening the sandbox would make a store where there is none, and there is nothing in it to be named. */
function canAsk({ backend: flag }: NamesRequest, { env, home, settings }: Runtime): boolean {
  const isSandbox = selectBackend(flag, env, settings).backend === 'engine' && chooseEngine(env).engine === 'sandbox';
  return fs.existsSync(isSandbox ? path.join(home, 'berth.db') : home);
}

/** Starts `berth completion refresh` in a process that may outlive this one. */
function startRefresh({ kind, stack, backend }: NamesRequest, { host, home }: Runtime, failed: () => void): void {
  const words = ['completion', 'refresh', kind, ...(stack === '' ? [] : [`--of-stack=${stack}`])];
  const flags = backend === undefined ? [] : [`--backend=${backend}`];
  const child = spawn(process.execPath, [path.join(host.root, 'bin', 'run.js'), ...words, ...flags], {
    cwd: host.root,
    env: { ...host.env, BERTH_HOME: home },
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.once('error', failed);
  child.unref();
}
