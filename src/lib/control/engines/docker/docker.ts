import { randomBytes } from 'node:crypto';
import type { StackScope } from '../../../plan/resources.js';
import type { CallContext } from '../../../port/verb.js';
import type { Processes } from '../../processes.js';
import type { EngineApi } from '../engine-api/api.js';
import { openEngineApi } from '../engine-api/client.js';
import { resolveEndpoint } from '../engine-api/endpoint.js';
import type { Engine, ObservedStack } from '../engine.js';
import { checkProject } from './check.js';
import { doCommand } from './commands.js';
import { readEventsOf } from './event-source.js';
import { imageSource } from './image-source.js';
import { dockerImages, storedCredentials } from './images.js';
import { pullImage } from './images-pull.js';
import { dockerLedger } from './ledger.js';
import { readLive } from './live-stack.js';
import { loggedContainers } from './log-source.js';
import { readLogs } from './logs.js';
import { makeOneOff } from './one-off-make.js';
import { oneOffSession } from './one-off.js';
import { placementOn } from './placement.js';
import { Reconciler } from './reconciler.js';
import { volumeRegisters } from './register-volumes.js';
import { dockerRegistries } from './registries.js';
import { applyShared, contentSource, removeShared, sharedOf } from './resources.js';
import { ServiceRecords } from './service-records.js';
import {
  adoptService,
  applyService,
  findReplica,
  observedServices,
  removeService,
  replicaSource,
  tasksOf,
} from './services.js';
import { checkReplicas } from './spec/replicas.js';
import { execSession } from './sessions.js';
import { Snapshots } from './snapshot.js';
import { readInfo } from './wire.js';

export interface DockerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory: Docker's own configuration is below it. */
  readonly home: string;
  readonly processes: Processes;
  readonly signal: AbortSignal;
}

/**
 * Opens the engine over the Docker daemon that the environment names.
 *
 * @throws UsageError for an endpoint that cannot be read; UnreachableError when nobody answers; DaemonError.
 */
export async function openDocker(options: DockerOptions): Promise<Engine> {
  const { env, home, signal } = options;
  const api = await openEngineApi({ endpoint: resolveEndpoint(env, home), env, signal });
  try {
    const { body } = await api.call({ method: 'GET', path: '/info' }, signal);
    return dockerEngine(api, body, options);
  } catch (error) {
    await api.close();
    throw error;
  }
}

/** The engine over an open connection. @param about what the daemon says of itself (`GET /info`). */
function dockerEngine(api: EngineApi, about: unknown, { env, home, processes }: DockerOptions): Engine {
  const info = readInfo(about);
  const registers = volumeRegisters(api);
  const records = new ServiceRecords(registers);
  const snapshots = new Snapshots(api);
  const placement = placementOn(info);
  const parts = { api, registers, records, snapshots, placement };
  const source = replicaSource(parts);
  // Whoever waits is told of what is pulled meanwhile.
  let listener: CallContext['progress'];
  const credentials = storedCredentials(env, home);
  const images = imageSource(
    api,
    (image, platform, { signal, progress }) =>
      pullImage(
        api,
        credentials,
        image,
        { ...(platform !== undefined && { platform }), ...(progress && { progress }) },
        signal,
      ),
    () => listener,
  );
  const moves = {
    api,
    images,
    contents: contentSource(registers),
    namesOf: async (scope: StackScope, service: string, signal: AbortSignal) =>
      (await tasksOf(parts, { ...scope, service }, { signal })).filter(({ desired }) => desired).map(({ id }) => id),
  };
  /** What is still taken away after a session that was broken off. */
  const leftOver: Promise<void>[] = [];
  const reconciler = new Reconciler({ ...moves, records, source, placement });
  return {
    kind: 'docker',
    identity: `docker ${info.id}`,
    ledger: dockerLedger(registers, { clockMs: () => api.clockMs(), processes }),
    images: dockerImages(api, { env, home, nodeName: info.name }),
    registries: dockerRegistries(api, { env, home }),
    check: (project, { signal }) => checkProject(api, project, signal),
    checkService: (service) => checkReplicas(service, service.replicas),
    apply: async (resource, fence, context) => {
      if (resource.kind === 'service') await applyService(parts, resource, fence, context);
      else await applyShared(parts, resource, fence, context.signal);
    },
    reconcile: async (scope, services, fence, context) => {
      listener = context.progress;
      await reconciler.step(scope, services, fence, context);
    },
    remove: async (ref, fence, context) => {
      if (ref.kind === 'service') await removeService(parts, ref, ref.name, fence, context);
      else await removeShared(parts, ref, context.signal);
    },
    command: async (task, command, fence, context) => {
      const find = (one: typeof task, signal: AbortSignal) => findReplica(parts, one, signal);
      await doCommand({ ...moves, records, find }, task, command, fence, context);
      snapshots.touchAll(task);
    },
    adopt: (resource, containers, fence, context) => adoptService(parts, resource, containers, fence, context),
    live: (scope, { signal }) => readLive(parts, about, scope, signal),
    observe: async (scope, { signal }, part = 'all'): Promise<ObservedStack> => {
      const services = await observedServices(parts, scope, signal, part === 'all');
      const at = new Date(api.clockMs()).toISOString();
      if (part === 'services') return { at, services, resources: [] };
      const shared = await sharedOf(parts, scope, signal);
      const adopted = (await records.list(scope, signal, 1_000)).flatMap(({ record }) =>
        Object.keys(record.adopted?.slots ?? {}),
      );
      const { foreign } = await snapshots.take(scope, adopted, signal);
      const own = services.map(({ namespace, stack, name }) => ({ kind: 'service' as const, namespace, stack, name }));
      return { at, services, resources: [...shared, ...own], foreign: foreign.map(({ name }) => name) };
    },
    tasks: (filter, context) => tasksOf(parts, filter, context),
    resumesLogs: true,
    logs: (filter, options, context) =>
      readLogs({ api, containers: (signal) => loggedContainers(parts, filter, signal) }, options, context),
    events: (after, options, context) => readEventsOf(parts, after, options, context),
    nodes: async () => [placement.node],
    exec: ({ id }, command, options, context) => execSession(api, id, command, options, context),
    run: async (service, command, options, context) => {
      const { namespace, stack } = service;
      const { tty = false, interactive = false, ...rest } = options;
      const oneOff = { command, tty, interactive, ...rest, slug: randomBytes(6).toString('hex') };
      listener = context.progress;
      const making = { scope: { namespace, stack }, service, slot: 1, epoch: 0, oneOff };
      const onCleanup = (work: Promise<void>): void => void leftOver.push(work);
      const id = await makeOneOff({ ...moves, onCleanup }, making, context.signal);
      return oneOffSession({ api, onCleanup }, id, options, context);
    },
    close: async () => {
      await reconciler.close();
      await Promise.allSettled(leftOver);
      await snapshots.close();
      await api.close();
    },
  };
}
