import type { SandboxConfig } from './config.js';
import type { SandboxJournal } from './journal.js';
import { advance, nextDueMs } from './scheduler/advance.js';
import { configure } from './scheduler/apply.js';
import { decodeState, initialState, type SandboxState } from './state.js';

/**
 * Looks at the sandbox: writes down what has happened up to now, if anybody has not yet, and gives the state.
 *
 * @param nowMs milliseconds since 1970.
 * @throws StoreError when the journal holds something that is not the sandbox's.
 */
export async function look(journal: SandboxJournal, nowMs: number, config: SandboxConfig): Promise<SandboxState> {
  let seen: SandboxState | undefined;
  await journal.advance(({ state: text, inputs, nextTransition }) => {
    const state = { ...(text === null ? initialState() : decodeState(text)), nextTransition };
    // Another process's clock may be ahead of ours: what it asked for has been asked for.
    const untilMs = Math.max(nowMs, inputs.at(-1)?.atMs ?? 0);
    const nothingDue = inputs.length === 0 && (nextDueMs(state) ?? Infinity) > untilMs;
    if (nothingDue) {
      seen = text === null ? asConfigured(state, config) : state;
      return null;
    }
    const next = advance(state, inputs, untilMs);
    seen = next.state;
    return { state: JSON.stringify(next.state), lastInput: next.state.lastInput, transitions: next.transitions };
  });
  return seen ?? initialState();
}

/** Before the first input the sandbox is as the first command would find it. */
function asConfigured(state: SandboxState, config: SandboxConfig): SandboxState {
  configure({ state, transitions: [] }, config);
  return state;
}
