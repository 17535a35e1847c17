import type { StackScope } from '../../../plan/resources.js';
import type { FoundState, LedgerRegisters } from './ledger-registers.js';
import type { StackState } from './ledger-state.js';

/** Terminated stacks of a namespace whose releases are kept. */
const keptHistories = 20;
/** Terminated stacks of a namespace whose epochs are kept however old they are; those of others for `keptMs`. */
const keptStates = 50;
const keptMs = 30 * 24 * 60 * 60 * 1000;

/** How many stacks of a namespace were terminated, as far as is remembered. */
export async function terminatedCount(registers: LedgerRegisters, namespace: string): Promise<number> {
  const found = await registers.all(namespace);
  return Math.max(0, ...found.map(({ state }) => state.terminated));
}

/**
 * Drops the releases of stacks that were terminated long before others of the namespace, and in the end what is left of
 * them. What cannot be dropped now is dropped with the next stack that is terminated.
 */
export async function forgetOldStacks(registers: LedgerRegisters, namespace: string, nowMs: number): Promise<void> {
  try {
    const gone = (await registers.all(namespace)).filter(({ state }) => state.stack === null);
    gone.sort((one, other) => other.state.terminated - one.state.terminated);
    for (const each of gone.slice(keptHistories)) {
      if (each.state.releases.length > 0) await dropHistory(registers, each);
    }
    gone.sort((one, other) => other.state.changedAtMs - one.state.changedAtMs);
    for (const each of gone.slice(keptStates)) {
      if (each.state.lock === null && nowMs - each.state.changedAtMs > keptMs) await registers.drop(each);
    }
  } catch {
    // See above.
  }
}

/** Drops what is left of the stacks that had the name before. What cannot be dropped now does no harm. */
export async function dropFormerBodies(
  registers: LedgerRegisters,
  scope: StackScope,
  { formerIds }: StackState,
): Promise<void> {
  if (formerIds.length === 0) return;
  try {
    await registers.dropBodiesOf(scope, formerIds);
  } catch {
    // See above.
  }
}

async function dropHistory(registers: LedgerRegisters, { scope, state: before }: FoundState): Promise<void> {
  const dropped = await registers.change(scope, (state) => {
    const same = state.stack === null && state.terminated === before.terminated;
    return { next: same ? { ...state, releases: [] } : null, result: same };
  });
  if (dropped) await dropFormerBodies(registers, scope, before);
}
