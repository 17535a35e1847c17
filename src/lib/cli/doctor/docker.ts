import * as v from 'valibot';
import type { EngineApi } from '../../control/engines/engine-api/api.js';
import { openEngineApi } from '../../control/engines/engine-api/client.js';
import { isDaemonError } from '../../control/engines/engine-api/daemon-error.js';
import { type Endpoint, resolveEndpoint } from '../../control/engines/engine-api/endpoint.js';
import { atLeast, type ApiVersion } from '../../control/engines/engine-api/version.js';
import type { Check } from '../../ui/views/doctor.js';
import { homeDirectory } from '../environment.js';
import type { Runtime } from '../runtime.js';
import { failed, failedBy, ok, warning } from './outcome.js';

/** How long the daemon has to answer, in milliseconds. */
const patienceMs = 10_000;

/** What berth needs of the Docker engine that the environment names. Changes nothing there. */
export async function checkDocker(runtime: Runtime): Promise<readonly Check[]> {
  const { env } = runtime;
  let endpoint: Endpoint;
  try {
    endpoint = resolveEndpoint(env, homeDirectory(env));
  } catch (error) {
    return [failedBy('docker', error)];
  }
  const late = AbortSignal.timeout(patienceMs);
  const signal = AbortSignal.any([runtime.signal, late]);
  let api: EngineApi | undefined;
  try {
    api = await openEngineApi({ endpoint, env, signal });
    const { body } = await api.call({ method: 'GET', path: '/info' }, signal);
    const refusal = await refusalOfVolumes(api, signal);
    return checksOf({ endpoint, version: api.version, info: v.parse(info, body), nowMs: runtime.now(), refusal });
  } catch (error) {
    if (!late.aborted) return [failedBy('docker', error)];
    const hint = 'Check the network, and whether it runs.';
    return [failed('docker', `${named(endpoint)} did not answer in ${patienceMs / 1_000} s`, hint)];
  } finally {
    await api?.close();
  }
}

/** Engine API 1.24: `GET /info`. */
const info = v.object({
  ServerVersion: v.optional(v.string(), ''),
  SystemTime: v.optional(v.string(), ''),
  Swarm: v.optional(v.object({ ControlAvailable: v.optional(v.boolean()) })),
});

interface Facts {
  readonly endpoint: Endpoint;
  readonly version: ApiVersion;
  readonly info: v.InferOutput<typeof info>;
  /** Milliseconds since 1970, when the daemon was asked. */
  readonly nowMs: number;
  /** Why no volume can be made there; null where nothing stands against it. */
  readonly refusal: string | null;
}

function checksOf(facts: Facts): readonly Check[] {
  const { endpoint, version, info: about } = facts;
  const words = `${named(endpoint)}: Docker ${about.ServerVersion || 'of no known version'}, Engine API ${version.join('.')}`;
  return [ok('docker', words), volumes(facts), ...clock(facts), ...swarm(facts)];
}

function named({ url, source }: Endpoint): string {
  return source === 'default' ? `${url}, where Docker listens by itself` : `${url} (${source})`;
}

function volumes({ version, refusal }: Facts): Check {
  if (refusal !== null) {
    const hint = 'berth keeps stacks, releases and locks in labelled volumes: let it create, list and remove volumes.';
    return failed('volumes', `none may be made: ${refusal}`, hint);
  }
  // Since Engine API 1.42 only volumes without a name are pruned, unless all are asked for.
  if (atLeast(version, [1, 42])) return ok('volumes', 'stacks, releases and locks are kept in labelled volumes');
  const message = 'on this Docker, older than 23, `docker volume prune` takes away what berth keeps in volumes';
  return warning('volumes', message, "Prune with `docker volume prune --filter 'label!=berth.register'`.");
}

/**
 * A name that no volume can have: a daemon that lets us make volumes says that it is no good (400), and whoever stands
 * before it and forbids that says so.
 */
async function refusalOfVolumes(api: EngineApi, signal: AbortSignal): Promise<string | null> {
  try {
    await api.call({ method: 'POST', path: '/volumes/create', body: { Name: '!', Driver: 'local' } }, signal);
    return null;
  } catch (error) {
    if (isDaemonError(error, 400)) return null;
    if (isDaemonError(error)) return error.detail ?? error.message;
    throw error;
  }
}

/** Clocks that are further apart than this, in milliseconds, make it hard to compare logs and events. */
const toleratedMs = 5_000;

function clock({ info: { SystemTime }, nowMs }: Facts): readonly Check[] {
  const theirs = Date.parse(SystemTime);
  if (Number.isNaN(theirs)) return [];
  const apartMs = theirs - nowMs;
  const message = `that of Docker is ${(Math.abs(apartMs) / 1_000).toFixed(1)} s ${apartMs < 0 ? 'behind' : 'ahead of'} this one`;
  if (Math.abs(apartMs) <= toleratedMs) return [];
  return [warning('clock', message, 'Set the clocks: leases and rollouts go by that of Docker, actions by this one.')];
}

function swarm({ info: { Swarm } }: Facts): readonly Check[] {
  if (Swarm?.ControlAvailable !== true) return [];
  const message =
    'this Docker manages a swarm: stacks of berth run on this one machine, and its services are left alone';
  return [ok('swarm', message)];
}
