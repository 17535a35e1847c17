import { type Plan, printed } from '../../plan/steps.js';
import type { Action, ActionObject } from '../../port/actions.js';
import { type BerthError, ConflictError, InterruptedError, isBerthError, WaitTimeoutError } from '../../port/errors.js';
import type { PlannedStep } from '../../port/plan.js';
import type { CallContext, MutationOptions } from '../../port/verb.js';
import type { StackScope } from '../../plan/resources.js';
import type { LockHolder } from '../ledger.js';
import type { Processes } from '../processes.js';
import { actionLost, describeAbort } from './describe.js';
import { execute, type ExecutorParts } from './executor.js';
import { startRunner } from './hand-over.js';
import { describeHolder, type HeldLock, underLock } from './lock.js';
import type { ActionRecord } from './records.js';

export interface MutatorParts extends ExecutorParts {
  readonly processes: Processes;
  readonly user: string;
  /** uuid v4. */
  readonly randomUuid: () => string;
  /** Starts a process that runs the action on; resolves when it has been started. */
  readonly detach: (actionId: string) => Promise<void>;
}

export interface MutationRequest {
  readonly scope: StackScope;
  /** The operation in words: `Stack Up`. */
  readonly name: string;
  /** Computes the plan; under the stack's lock unless it is only to be shown. */
  readonly plan: () => Promise<{ readonly plan: Plan; readonly object: ActionObject }>;
  readonly options: MutationOptions;
  readonly context: CallContext;
}

export interface MutationResult {
  /** Null when there was nothing to do, or with `dryRun`. */
  readonly action: Action | null;
  readonly plan: readonly PlannedStep[];
}

/** How long a stack that somebody else changes is waited for, unless the caller says. */
const lockWaitMs = 60_000;

/**
 * Plans and executes one change of a stack: alone, as an action whose steps are saved before the first of them runs.
 *
 * @throws ConflictError when somebody else holds the stack until the time is up; WaitTimeoutError; RolloutError;
 *   InterruptedError.
 */
export async function mutate(parts: MutatorParts, request: MutationRequest): Promise<MutationResult> {
  const { scope, options, context } = request;
  if (options.dryRun === true) return announce(request, (await request.plan()).plan, null);

  const deadlineMs = options.timeoutMs === undefined ? null : parts.now() + options.timeoutMs;
  const holder = newHolder(parts, parts.randomUuid(), request.name);
  const wait = { scope, holder, context, deadlineMs: deadlineMs ?? parts.now() + lockWaitMs };
  return underLock(parts, wait, async (lock) => {
    try {
      return await change(parts, request, holder.actionId, lock, deadlineMs);
    } catch (error) {
      if (context.signal.aborted && !isBerthError(error)) throw new InterruptedError(describeAbort(context.signal));
      throw error;
    }
  });
}

async function change(
  parts: MutatorParts,
  request: MutationRequest,
  id: string,
  lock: HeldLock,
  deadlineMs: number | null,
): Promise<MutationResult> {
  const { scope, options, context } = request;
  const { plan, object } = await request.plan();
  if (plan.steps.length === 0) return announce(request, plan, null);
  context.signal.throwIfAborted();
  const { namespace, stack } = scope;
  const created = await parts.actions.create(
    { id, namespace, name: request.name, object, stack, user: parts.user },
    plan.steps,
  );
  await tellDisplaced(parts, created, lock);
  for (const note of plan.notes) await parts.actions.log(created.id, created.epoch, note);
  const result = announce(request, plan, created);
  const left =
    options.wait === false ? { epoch: created.epoch } : await executeHere(parts, created, context, deadlineMs);
  if (left !== undefined) {
    await startRunner(parts, created.id, left.epoch);
    lock.leave();
    if (left.timedOut !== undefined) throw left.timedOut;
  }
  return { ...result, action: await currentAction(parts, created) };
}

/** The holder's own action says only that it was interrupted. */
async function tellDisplaced({ actions }: MutatorParts, record: ActionRecord, { displaced }: HeldLock): Promise<void> {
  if (displaced === null) return;
  const text = `stack ${record.stack} was taken over from ${describeHolder(displaced)}, who is gone`;
  await actions.log(record.id, record.epoch, text);
}

/**
 * Runs an action that another process left pending, and takes the stack's lock over from it.
 *
 * @throws ConflictError when it is not pending any more, or somebody else holds the stack; else like `mutate`.
 */
export async function runAction(parts: MutatorParts, record: ActionRecord, context: CallContext): Promise<Action> {
  const scope = { namespace: record.namespace, stack: record.stack };
  // First: the lock goes to whoever comes with the holder's action, and only its one runner may.
  const taken = await take(parts, record.id);
  const holder = newHolder(parts, taken.id, taken.name);
  try {
    return await underLock(parts, { scope, holder, context, deadlineMs: parts.now() }, async (lock) => {
      await tellDisplaced(parts, taken, lock);
      const outcome = await execute(parts, taken, context, parts.now() + runnerLimitMs);
      if (outcome !== 'done') throw await giveUp(parts, taken, outcome.timedOut);
      return await currentAction(parts, taken);
    });
  } catch (error) {
    // Nothing is changed where the action has ended with the error, or is another's by now.
    const reason = error instanceof Error ? error.message : String(error);
    await parts.actions.end(taken.id, taken.epoch, 'Failed', reason).catch(() => false);
    throw error;
  }
}

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

/** A runner that nobody waits for must not live for ever. */
const runnerLimitMs = 3_600_000;

/** The port's face of an action. */
export function toAction(record: ActionRecord): Action {
  const { id, name, state, object, user, startedAt, endedAt, reason } = record;
  // There are no verbs to cancel or retry an action on this backend yet.
  return { id, name, state, object, user, startedAt, endedAt, reason, canBeCanceled: false, canBeRetried: false };
}

function announce(request: MutationRequest, plan: Plan, created: ActionRecord | null): MutationResult {
  const steps = printed(plan.steps);
  for (const note of plan.notes) {
    request.context.progress?.({ subject: `stack ${request.scope.stack}`, status: note, done: true });
  }
  request.context.planned?.(steps);
  return { action: created === null ? null : toAction(created), plan: steps };
}

function newHolder({ processes, user, now }: MutatorParts, actionId: string, command: string): LockHolder {
  return { actionId, process: processes.self, user, command, since: new Date(now()).toISOString() };
}

async function take(parts: MutatorParts, id: string): Promise<ActionRecord> {
  const taken = await parts.actions.take(id);
  if (taken !== null) return taken;
  const record = await parts.actions.get(id);
  throw new ConflictError(`action ${id} cannot be run: it is ${record?.state ?? 'gone'}`, {
    hint: 'Only a pending action can be run.',
  });
}

/** What is left to another process, from that epoch on. */
interface LeftOver {
  readonly epoch: number;
  /** The error to tell when the work is on its way. */
  readonly timedOut?: WaitTimeoutError;
}

/** Executes the action in this process; when the time is up the action is pending again. */
async function executeHere(
  parts: MutatorParts,
  created: ActionRecord,
  context: CallContext,
  deadlineMs: number | null,
): Promise<LeftOver | undefined> {
  const taken = await take(parts, created.id);
  const outcome = await execute(parts, taken, context, deadlineMs);
  if (outcome === 'done') return undefined;
  if (!(await parts.actions.handOver(taken.id, taken.epoch))) throw actionLost(taken.id);
  return { epoch: taken.epoch, timedOut: outcome.timedOut };
}

async function currentAction(parts: MutatorParts, record: ActionRecord): Promise<Action> {
  return toAction((await parts.actions.get(record.id)) ?? record);
}
