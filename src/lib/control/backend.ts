import type { Backend, Facets } from '../port/backend.js';
import type { Principal } from '../port/principal.js';
import type { Detach } from './actions/hand-over.js';
import { lazyRecords } from './actions/lazy-records.js';
import type { ActionRecord } from './actions/records.js';
import type { Engine } from './engines/engine.js';
import { actionsFacet } from './facets/actions.js';
import { configFacet, limitsFacet, placementFacet } from './facets/config.js';
import { containersFacet } from './facets/containers.js';
import { Desk } from './facets/desk.js';
import { eventsFacet } from './facets/events.js';
import { logsFacet } from './facets/logs.js';
import { releasesFacet } from './facets/releases.js';
import { servicesFacet } from './facets/services.js';
import { stacksFacet } from './facets/stacks.js';
import type { Processes } from './processes.js';
import type { Store } from './store/store.js';

export interface EngineBackendOptions {
  /** Opens `$BERTH_HOME/berth.db`, which is made where it is missing. Called once, when something in it is first needed. */
  readonly openStore: () => Promise<Store>;
  /** Whether an action in the store may be unfinished, or interrupted, without opening it. Default: it may. */
  readonly mayHaveNotices?: () => boolean;
  readonly openEngine: (store: () => Promise<Store>) => Promise<Engine>;
  readonly principal: Principal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** uuid v4. */
  readonly randomUuid: () => string;
  readonly processes: Processes;
  readonly detach: Detach;
  /** Between two looks at the engine, in milliseconds. Default 50. */
  readonly pollMs?: number;
}

/**
 * Opens the engine backend: the control plane over one engine.
 *
 * @throws what `openEngine` throws, and StoreError when it needs the store and that cannot be used.
 */
export async function openEngineBackend(options: EngineBackendOptions): Promise<Backend> {
  const { principal, now, randomUuid, processes, detach, pollMs = 50, mayHaveNotices = () => true } = options;
  let opening: Promise<Store> | undefined;
  const store = (): Promise<Store> => (opening ??= options.openStore());
  // One that could not be opened has told whoever asked for it.
  const closeStore = async (): Promise<void> => (await opening?.catch(() => undefined))?.close();
  let engine: Engine | undefined;
  try {
    engine = await options.openEngine(store);
    const opened = engine;
    const { identity } = opened;
    const ledger = opened.ledger ?? (await store()).ledger(identity);
    const actions = lazyRecords(async () => (await store()).actions(identity));
    const parts = { engine, ledger, actions, now, randomUuid, pollMs, processes, user: principal.user, detach };
    return {
      name: 'engine',
      description: `the ${engine.kind} engine`,
      principal,
      facets: { ...facetsOf(new Desk(principal, parts)), ...ownFacets(engine) },
      takeNotices: async () =>
        mayHaveNotices() ? (await actions.takeInterrupted(principal.namespace)).map(interruptedNotice) : [],
      instead: insteadOn(engine.kind),
      close: async () => {
        await opened.close();
        await closeStore();
      },
    };
  } catch (error) {
    await engine?.close();
    await closeStore();
    throw error;
  }
}

function facetsOf(desk: Desk): Facets {
  return {
    stacks: stacksFacet(desk),
    services: servicesFacet(desk),
    containers: containersFacet(desk),
    logs: logsFacet(desk),
    config: configFacet(desk),
    limits: limitsFacet(desk),
    placement: placementFacet(desk),
    releases: releasesFacet(desk),
    actions: actionsFacet(desk),
    events: eventsFacet(desk),
  };
}

function ownFacets({ images, registries }: Engine): Facets {
  return { ...(images && { images }), ...(registries && { registries }) };
}

function interruptedNotice({ id, name, object, user }: ActionRecord): string {
  const short = id.slice(0, 8);
  return `${name} of ${object.name} by ${user} (action ${short}) was interrupted; \`berth action retry ${short}\` goes on with it, or run the command again`;
}

/** What to do instead of verbs that no engine has. */
const missing: Readonly<Record<string, string>> = {
  'services.autoscale': 'Run `berth service scale`.',
  'images.run': 'Run `berth service run IMAGE`.',
};

const wayOut = 'Choose a Docker engine: set BERTH_ENGINE=docker, or DOCKER_HOST.';

/** What to do instead of verbs that need containers, on an engine that only schedules. */
const withoutContainers: Readonly<Record<string, string>> = {
  'containers.exec': `The sandbox runs no containers. ${wayOut}`,
  'containers.run': `The sandbox runs no containers. ${wayOut}`,
  'stacks.adopt': `The sandbox has no containers to take over. ${wayOut}`,
  images: `The sandbox has no images: it goes by their names. ${wayOut}`,
  registries: `The sandbox pulls no images, so that it needs no credentials. ${wayOut}`,
};

function insteadOn(kind: Engine['kind']): Readonly<Record<string, string>> {
  return kind === 'sandbox' ? { ...missing, ...withoutContainers } : missing;
}
