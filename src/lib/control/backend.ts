import type { Backend, Facets } from '../port/backend.js';
import type { Principal } from '../port/principal.js';
import type { Detach } from './actions/hand-over.js';
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
import { openStore, type Store } from './store/store.js';

export interface EngineBackendOptions {
  /** `$BERTH_HOME/berth.db`. Made where it is missing. */
  readonly storePath: string;
  readonly openEngine: (store: Store) => Promise<Engine>;
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
 * @throws StoreError when the store cannot be used, and what `openEngine` throws.
 */
export async function openEngineBackend(options: EngineBackendOptions): Promise<Backend> {
  const { principal, now, randomUuid, processes, detach, pollMs = 50 } = options;
  const store = await openStore({ path: options.storePath, processes, now });
  let engine: Engine | undefined;
  try {
    engine = await options.openEngine(store);
    const ledger = engine.ledger ?? store.ledger(engine.identity);
    const actions = store.actions(engine.identity);
    const parts = { engine, ledger, actions, now, randomUuid, pollMs, processes, user: principal.user, detach };
    const opened = engine;
    return {
      name: 'engine',
      description: `the ${engine.kind} engine`,
      principal,
      facets: { ...facetsOf(new Desk(principal, parts)), ...ownFacets(engine) },
      takeNotices: async () => (await actions.takeInterrupted(principal.namespace)).map(interruptedNotice),
      instead,
      close: async () => {
        await opened.close();
        await store.close();
      },
    };
  } catch (error) {
    await engine?.close();
    await store.close();
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

/** What to do instead of verbs that this backend lacks. */
const instead: Readonly<Record<string, string>> = {
  'containers.exec': 'The sandbox runs no real containers. Use a backend that does.',
  'containers.run': 'The sandbox runs no real containers. Use a backend that does.',
  'services.autoscale': 'Run `berth service scale`.',
};
