import { setTimeout } from 'node:timers/promises';
import type { Action } from '../../port/actions.js';
import { BerthError } from '../../port/errors.js';
import { actionLost } from './describe.js';
import type { ActionRecord, ActionRecords } from './records.js';

/** Starts a process that calls `actions.run` for the action, and outlives this one; resolves when it has been started. */
export type Detach = (action: Pick<ActionRecord, 'id' | 'namespace' | 'user'>) => Promise<void>;

export interface HandOverParts {
  readonly actions: ActionRecords;
  readonly detach: Detach;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Between two looks at the action. */
  readonly pollMs: number;
}

/** The port's face of an action. */
export function toAction(record: ActionRecord): Action {
  const { id, name, state, object, user, startedAt, endedAt, reason, retryable } = record;
  return {
    ...{ id, name, state, object, user, startedAt, endedAt, reason },
    canBeCanceled: state === 'Pending' || state === 'In progress',
    canBeRetried: endedAt !== null && retryable,
  };
}

/** How long a detached runner may take to start. */
const runnerStartMs = 15_000;

/**
 * Starts a runner for an action that is pending in that epoch, and returns when it has taken it, and the lock of its stack:
 * until then both are this process's.
 *
 * @param isHeld whether this process still has the lock.
 * @throws BerthError (`internal`) when none has in time: the action has `Failed`. ConflictError when the action has ended
 *   without one.
 */
export async function startRunner(
  parts: HandOverParts,
  record: ActionRecord,
  epoch: number,
  isHeld: () => Promise<boolean>,
): Promise<void> {
  const { id, namespace, user } = record;
  let reason: string;
  try {
    await parts.detach({ id, namespace, user });
    if (await waitForRunner(parts, id, epoch, isHeld)) return;
    reason = 'it did not take the action in time';
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  if (await parts.actions.end(id, epoch, 'Failed', `no runner could be started: ${reason}`)) {
    throw new BerthError('internal', 'no process could be started to go on with the work', { detail: reason });
  }
  // Slow, but there: from here on it is the runner's to tell how it goes.
  const current = await parts.actions.get(id);
  if (current === null || current.epoch === epoch) throw actionLost(id);
}

/** False when the time is up, or the action has ended in that epoch. */
async function waitForRunner(
  parts: HandOverParts,
  id: string,
  epoch: number,
  isHeld: () => Promise<boolean>,
): Promise<boolean> {
  const deadlineMs = parts.now() + runnerStartMs;
  do {
    const current = await parts.actions.get(id);
    const ended = current === null || current.endedAt !== null;
    const taken = current !== null && current.epoch > epoch;
    if (taken && (ended || (!(await isHeld()) && (await hasStored(parts, id))))) return true;
    if (ended) return false;
    await setTimeout(parts.pollMs);
  } while (parts.now() < deadlineMs);
  return false;
}

/** What is stored, and not waited for, is to be there when the caller looks, also one who does not wait for what runs. */
async function hasStored({ actions }: HandOverParts, id: string): Promise<boolean> {
  const [first] = await actions.steps(id);
  const stores = first?.body.do === 'release' || first?.body.do === 'overlay';
  return !stores || (first.state !== 'pending' && first.state !== 'running');
}
