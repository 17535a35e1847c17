import type { Action } from '../../port/actions.js';
import { type BerthError, ConflictError, RefusedError, WaitTimeoutError } from '../../port/errors.js';
import type { CallContext, MutationOptions } from '../../port/verb.js';
import { carryOut, take, under } from './carry-out.js';
import { actionLost } from './describe.js';
import { execute } from './executor.js';
import { toAction } from './hand-over.js';
import { type HeldLock, underLock } from './lock.js';
import { lockDeadlineMs, type MutatorParts, newHolder, tellDisplaced } from './mutate.js';
import { planFor } from './planning.js';
import type { Lease } from '../ledger.js';
import type { ActionRecord, SavedPlan } from './records.js';

/**
 * Runs an action that another process left pending, and takes the stack's lock over from it.
 *
 * @throws ConflictError when it is not pending any more, or somebody else holds the stack; else like `mutate`.
 */
export async function runAction(parts: MutatorParts, record: ActionRecord, context: CallContext): Promise<Action> {
  const { actions, now } = parts;
  const scope = { namespace: record.namespace, stack: record.stack };
  // First: the lock goes to whoever comes with the holder's action, and only its one runner may.
  const taken = await take(parts, record.id);
  const holder = { ...newHolder(parts, taken.id, taken.name), since: taken.startedAt };
  try {
    return await underLock(parts, { scope, holder, context, deadlineMs: now(), takesOver: true }, async (lock) => {
      await tellDisplaced(parts, taken, lock);
      if (!(await actions.underLease(taken.id, taken.epoch, lock.lease.epoch))) throw actionLost(taken.id);
      const run = {
        record: taken,
        lease: lock.lease,
        context: under(context, lock),
        deadlineMs: now() + runnerLimitMs,
      };
      const { timedOut } = await execute(parts, run);
      if (timedOut !== undefined) throw await giveUp(parts, taken, timedOut);
      return toAction((await actions.get(taken.id)) ?? taken);
    });
  } catch (error) {
    // Nothing is changed where the action has ended with the error, or is another's by now.
    const reason = error instanceof Error ? error.message : String(error);
    await actions.end(taken.id, taken.epoch, 'Failed', reason).catch(() => false);
    throw error;
  }
}

/** A runner that nobody waits for must not live for ever. */
const runnerLimitMs = 3_600_000;

/** Ends the action; gives the error to throw. */
async function giveUp(
  { actions }: MutatorParts,
  record: ActionRecord,
  timedOut: WaitTimeoutError,
): Promise<BerthError> {
  const { id, epoch, name, object } = record;
  const reason = `given up after an hour: ${timedOut.detail ?? ''}`;
  await actions.log(id, epoch, reason);
  if (!(await actions.end(id, epoch, 'Failed', reason))) return actionLost(id);
  return new WaitTimeoutError(`${name} of ${object.name} was given up after an hour`);
}

export type RetryOptions = Pick<MutationOptions, 'wait' | 'timeoutMs' | 'lockTimeoutMs'>;

/**
 * Goes on with an action that has ended, from the first step that is not done. Its steps are planned again when all of
 * them had been done, and when another action has held the stack's lock since.
 *
 * @throws RefusedError when it has not ended, or cannot be retried; else like `mutate`.
 */
export async function retryAction(
  parts: MutatorParts,
  record: ActionRecord,
  options: RetryOptions,
  context: CallContext,
): Promise<Action> {
  if (record.endedAt === null) {
    throw new RefusedError(`action ${record.id.slice(0, 8)} has not ended: it is ${record.state}`, {
      hint: `Follow it with \`berth action logs ${record.id.slice(0, 8)} --follow\`.`,
    });
  }
  const deadlineMs = options.timeoutMs === undefined ? null : parts.now() + options.timeoutMs;
  const scope = { namespace: record.namespace, stack: record.stack };
  const holder = newHolder(parts, record.id, record.name);
  const wait = { scope, holder, context, deadlineMs: lockDeadlineMs(parts, options) };
  return underLock(parts, wait, async (lock) => {
    const reopened = await reopen(parts, record, lock, context);
    context.accepted?.(toAction(reopened));
    const carried = { record: reopened, lock, context, deadlineMs, wait: options.wait !== false };
    return (await carryOut(parts, carried)).action;
  });
}

async function reopen(
  parts: MutatorParts,
  { id }: ActionRecord,
  lock: HeldLock,
  context: CallContext,
): Promise<ActionRecord> {
  const { actions } = parts;
  const { lease } = lock;
  // Read again: it may have been retried by somebody else while the lock was waited for.
  const record = await actions.get(id);
  if (record === null || record.endedAt === null) throw actionLost(id);
  const plan = await planAgain(parts, record, lease, context);
  const reopened = await actions.reopen(id);
  if (reopened === null) throw new ConflictError(`action ${id} is retried by somebody else`);
  const { epoch } = reopened;
  await tellDisplaced(parts, reopened, lock);
  await actions.log(id, epoch, plan === null ? `retried by ${parts.user}` : `retried by ${parts.user}, planned again`);
  const saved =
    plan === null
      ? await actions.underLease(id, epoch, lease.epoch)
      : await actions.replan(id, epoch, plan, lease.epoch);
  if (!saved) throw actionLost(id);
  return reopened;
}

/**
 * The plan of the action as the stack is now; null where the saved steps still hold.
 *
 * @throws RefusedError when it cannot be retried; what planning throws.
 */
async function planAgain(
  parts: MutatorParts,
  record: ActionRecord,
  lease: Lease,
  context: CallContext,
): Promise<SavedPlan | null> {
  const { actions, ledger } = parts;
  const { id, stackId } = record;
  const intent = record.retryable ? await actions.intent(id) : null;
  if (intent === null) throw notAgain(id, 'its stack was terminated since');
  const present = await ledger.get(lease.scope);
  if (present !== null && present.id !== stackId) throw notAgain(id, 'another stack has the name now');
  const again = record.state === 'Success' || (await isBack(parts, id));
  if (!again && lease.epoch === record.leaseEpoch + 1) return null;
  // What it has made itself is not in its way.
  if (intent.want === 'create' && present !== null) return { steps: [], wayBack: null, stackId };
  const wanted = intent.want === 'up' && present !== null ? { ...intent, fresh: false } : intent;
  const planned = await planFor(parts, lease.scope, wanted, context, false);
  return { steps: planned.plan.steps, wayBack: planned.wayBack, stackId: planned.stackId };
}

function notAgain(id: string, why: string): RefusedError {
  return new RefusedError(`action ${id.slice(0, 8)} cannot be retried: ${why}`, { hint: 'Run the command again.' });
}

/** True for an action that has failed, and whose way back is done: there is nothing of it to go on with. */
async function isBack({ actions }: MutatorParts, id: string): Promise<boolean> {
  const undo = (await actions.steps(id)).filter((step) => step.undo);
  return undo.length > 0 && undo.every(({ state }) => state === 'done' || state === 'skipped');
}
