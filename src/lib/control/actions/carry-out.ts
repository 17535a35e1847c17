import type { Action, Mutation } from '../../port/actions.js';
import { ConflictError, InterruptedError, type WaitTimeoutError } from '../../port/errors.js';
import type { CallContext } from '../../port/verb.js';
import { actionLost, cancelReason } from './describe.js';
import { execute, type ExecutorParts, type Outcome } from './executor.js';
import { type Detach, startRunner, toAction } from './hand-over.js';
import type { HeldLock } from './lock.js';
import type { ActionRecord } from './records.js';

export interface CarryOut {
  /** Pending in its present epoch. */
  readonly record: ActionRecord;
  readonly lock: HeldLock;
  readonly context: CallContext;
  /** Milliseconds since 1970; null is no end. */
  readonly deadlineMs: number | null;
  /** False: a detached runner does it. */
  readonly wait: boolean;
}

/**
 * Executes a pending action here, or leaves it to a runner: at once, or when the time is up.
 *
 * @throws WaitTimeoutError when a runner goes on with it; what `execute` and `startRunner` throw.
 */
export async function carryOut(
  parts: ExecutorParts & { readonly detach: Detach },
  { record, lock, context, deadlineMs, wait }: CarryOut,
): Promise<Pick<Mutation<unknown>, 'verdict'> & { readonly action: Action }> {
  let left: LeftOver | undefined = { epoch: record.epoch };
  let outcome: Outcome = {};
  if (wait) {
    const taken = await take(parts, record.id);
    outcome = await execute(parts, { record: taken, lease: lock.lease, context: under(context, lock), deadlineMs });
    left = await leftOver(parts, taken, outcome);
  }
  if (left !== undefined) {
    const isHeld = (): Promise<boolean> => parts.ledger.renew(lock.lease);
    await startRunner(parts, { ...record, user: parts.user }, left.epoch, isHeld);
    lock.leave();
    if (left.timedOut !== undefined) throw left.timedOut;
  }
  const action = toAction((await parts.actions.get(record.id)) ?? record);
  return { action, ...(outcome.verdict && { verdict: outcome.verdict }) };
}

/** Makes this process the runner of a pending action. Throws ConflictError when it is not pending, InterruptedError when it was canceled. */
export async function take({ actions }: ExecutorParts, id: string): Promise<ActionRecord> {
  const taken = await actions.take(id);
  if (taken !== null) return taken;
  const record = await actions.get(id);
  if (record?.state === 'Canceled') throw new InterruptedError(record.reason ?? 'canceled');
  throw new ConflictError(`action ${id} cannot be run: it is ${record?.state ?? 'gone'}`, {
    hint: 'Only a pending action can be run.',
  });
}

/** The context of work that must stop when the lock is lost. */
export function under(context: CallContext, { signal }: Pick<HeldLock, 'signal'>): CallContext {
  return { ...context, signal: AbortSignal.any([context.signal, signal]) };
}

/** What is left to another process, from that epoch on. */
interface LeftOver {
  readonly epoch: number;
  /** The error to tell when the work is on its way. */
  readonly timedOut?: WaitTimeoutError;
}

/** When the time is up the action is pending again. */
async function leftOver(
  { actions }: ExecutorParts,
  { id, epoch }: ActionRecord,
  { timedOut }: Outcome,
): Promise<LeftOver | undefined> {
  if (timedOut === undefined) return undefined;
  if (await actions.handOver(id, epoch)) return { epoch, timedOut };
  // It was canceled in the last moment, and there is nobody else to end it.
  const record = await actions.get(id);
  if (record?.epoch !== epoch || record.state !== 'Canceling') throw actionLost(id);
  const reason = cancelReason(record.canceledBy ?? 'somebody');
  await actions.end(id, epoch, 'Canceled', reason);
  throw new InterruptedError(reason, { hint: 'What was done so far stays.' });
}
