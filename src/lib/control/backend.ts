import type { Backend } from '../port/backend.js';
import type { Principal } from '../port/principal.js';
import type { Engine } from './engines/engine.js';
import { actionsFacet } from './facets/actions.js';
import { containersFacet } from './facets/containers.js';
import { Desk } from './facets/desk.js';
import { logsFacet } from './facets/logs.js';
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
  /**
   * Starts a process that calls `actions.run` with the id, and outlives this one; resolves when it has been started.
   */
  readonly detach: (actionId: string) => Promise<void>;
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
  let engine: Engine;
  try {
    engine = await options.openEngine(store);
  } catch (error) {
    await store.close();
    throw error;
  }
  const ledger = store.ledger(engine.identity);
  const actions = store.actions(engine.identity);
  const parts = { engine, ledger, actions, now, randomUuid, pollMs, processes, user: principal.user, detach };
  const desk = new Desk(principal, parts);
  return {
    name: 'engine',
    description: `the ${engine.kind} engine`,
    principal,
    facets: {
      stacks: stacksFacet(desk),
      services: servicesFacet(desk),
      containers: containersFacet(desk),
      logs: logsFacet(desk),
      actions: actionsFacet(desk),
    },
    instead,
    close: () => store.close(),
  };
}

/** What to do instead of verbs that this backend lacks. */
const instead: Readonly<Record<string, string>> = {
  'stacks.update': 'Change the file and run `berth stack up`: it touches only what changed.',
  'stacks.start': 'Run `berth stack up` with its file.',
  'stacks.stop': 'Scale its services to 0, or run `berth stack terminate`.',
  'services.create': 'Put the service in a compose file and run `berth stack up`.',
  'services.stop': 'Run `berth service scale NAME=0`.',
  'services.start': 'Run `berth service scale` with the number of replicas.',
  'services.terminate': 'Take it out of the file and run `berth stack up --prune`.',
  'containers.exec': 'The sandbox runs no real containers. Use a backend that does.',
  'actions.retry': 'Run the command again: it goes on from what is there.',
  'actions.cancel': 'Interrupt the command that runs it with Ctrl-C.',
};
