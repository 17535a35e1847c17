import path from 'node:path';
import { hostProcesses } from '../../control/processes.js';
import { openStore } from '../../control/store/store.js';

/** What an action that has not ended is. */
const unfinished = ['Pending', 'In progress', 'Canceling'] as const;

/**
 * Whether there is an action whose process has died, and that nobody was told of. Whoever opens the engine backend first
 * is told, so completion, which has nobody to tell, must leave that to the next command.
 *
 * @param engine identity of the engine.
 * @param now milliseconds since 1970.
 * @throws StoreError
 */
export async function isInterruptionUntold(
  home: string,
  engine: string,
  namespace: string,
  now: () => number,
): Promise<boolean> {
  const processes = hostProcesses();
  const store = await openStore({ path: path.join(home, 'berth.db'), processes, now });
  try {
    const actions = store.actions(engine);
    for (const state of unfinished) {
      const found = await actions.list(namespace, { state });
      if (found.some(({ runner }) => processes.fate(runner) === 'dead')) return true;
    }
    return false;
  } finally {
    await store.close();
  }
}
