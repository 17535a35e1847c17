import { setTimeout } from 'node:timers/promises';
import { type Plan, printed } from '../../plan/steps.js';
import type { Action, ActionObject } from '../../port/actions.js';
import { BerthError, ConflictError, InterruptedError, isBerthError, WaitTimeoutError } from '../../port/errors.js';
import type { PlannedStep } from '../../port/plan.js';
import type { CallContext, MutationOptions } from '../../port/verb.js';
import type { StackScope } from '../../plan/resources.js';
import type { LockHolder } from '../ledger.js';
import type { Processes } from '../processes.js';
import { describeAbort } from './describe.js';
import { execute, type ExecutorParts } from './executor.js';
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
/** How long a detached runner may take to start. */
const runnerStartMs = 15_000;

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
  await lock(parts, scope, holder, context, deadlineMs ?? parts.now() + lockWaitMs);
  let handedOver = false;
  try {
    const { plan, object } = await request.plan();
    if (plan.steps.length === 0) return announce(request, plan, null);
    context.signal.throwIfAborted();
    const { namespace, stack } = scope;
    const created = await parts.actions.create(
      { id: holder.actionId, namespace, name: request.name, object, stack, user: parts.user },
      plan.steps,
    );
    for (const note of plan.notes) await parts.actions.log(created.id, note);
    const result = announce(request, plan, created);
    const timedOut = options.wait === false ? undefined : await executeHere(parts, created, context, deadlineMs);
    if (options.wait === false || timedOut !== undefined) {
      await startRunner(parts, created.id);
      handedOver = true;
    }
    if (timedOut !== undefined) throw timedOut;
    return { ...result, action: await currentAction(parts, created) };
  } catch (error) {
    if (context.signal.aborted && !isBerthError(error)) throw new InterruptedError(describeAbort(context.signal));
    throw error;
  } finally {
    if (!handedOver) await parts.ledger.release(scope, holder);
  }
}

/**
 * Runs an action that another process left pending, and takes the stack's lock over from it.
 *
 * @throws ConflictError when it is not pending any more, or somebody else holds the stack; else like `mutate`.
 */
export async function runAction(parts: MutatorParts, record: ActionRecord, context: CallContext): Promise<Action> {
  const scope = { namespace: record.namespace, stack: record.stack };
  const holder = newHolder(parts, record.id, record.name);
  await lock(parts, scope, holder, context, parts.now());
  try {
    const taken = await take(parts, record.id);
    const outcome = await execute(parts, taken, context, parts.now() + runnerLimitMs);
    if (outcome !== 'done') {
      await parts.actions.end(
        taken.id,
        taken.epoch,
        'Failed',
        `given up after an hour: ${outcome.timedOut.detail ?? ''}`,
      );
      throw new WaitTimeoutError(`${record.name} of ${record.object.name} was given up after an hour`);
    }
    return await currentAction(parts, taken);
  } finally {
    await parts.ledger.release(scope, holder);
  }
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

async function lock(
  parts: MutatorParts,
  scope: StackScope,
  holder: LockHolder,
  context: CallContext,
  deadlineMs: number,
): Promise<void> {
  let told = false;
  for (;;) {
    const claim = await parts.ledger.claim(scope, holder);
    if (claim.claimed) {
      // The action of a holder that has died must not look as if it were still running.
      await parts.actions.failAbandoned(scope.namespace);
      if (told) context.progress?.({ subject: `stack ${scope.stack}`, status: 'free again', done: true });
      return;
    }
    const who = describeHolder(claim.holder);
    if (parts.now() >= deadlineMs) {
      throw new ConflictError(`stack ${scope.stack} is being changed by ${who}`, {
        hint: `Nothing was changed. Follow it with \`berth action logs ${claim.holder.actionId.slice(0, 8)} --follow\`, or try again later.`,
      });
    }
    if (!told) context.progress?.({ subject: `stack ${scope.stack}`, status: `waiting for ${who}`, done: false });
    told = true;
    try {
      await setTimeout(parts.pollMs, undefined, { signal: context.signal });
    } catch {
      throw new InterruptedError(describeAbort(context.signal), { hint: 'Nothing was changed.' });
    }
  }
}

function describeHolder({ user, command, process, since }: LockHolder): string {
  return `${user} (${command}, process ${process.pid} on ${process.host}, since ${since})`;
}

async function take(parts: MutatorParts, id: string): Promise<ActionRecord> {
  const taken = await parts.actions.take(id);
  if (taken !== null) return taken;
  const record = await parts.actions.get(id);
  throw new ConflictError(`action ${id} cannot be run: it is ${record?.state ?? 'gone'}`, {
    hint: 'Only a pending action can be run.',
  });
}

/** Executes the action in this process; gives the error to tell when the time is up, and then leaves it pending. */
async function executeHere(
  parts: MutatorParts,
  created: ActionRecord,
  context: CallContext,
  deadlineMs: number | null,
): Promise<WaitTimeoutError | undefined> {
  const taken = await take(parts, created.id);
  const outcome = await execute(parts, taken, context, deadlineMs);
  if (outcome === 'done') return undefined;
  await parts.actions.handOver(taken.id, taken.epoch);
  return outcome.timedOut;
}

/** Starts a runner for a pending action, and stays until it has taken it: until then its lease is this process. */
async function startRunner(parts: MutatorParts, id: string): Promise<void> {
  const pending = await parts.actions.get(id);
  if (pending?.state !== 'Pending') return;
  let reason: string;
  try {
    await parts.detach(id);
    const deadlineMs = parts.now() + runnerStartMs;
    do {
      const current = await parts.actions.get(id);
      if (current === null || current.endedAt !== null) return;
      if (current.epoch > pending.epoch && (await hasStored(parts, id))) return;
      await setTimeout(parts.pollMs);
    } while (parts.now() < deadlineMs);
    reason = 'it did not take the action in time';
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  await parts.actions.end(id, pending.epoch, 'Failed', `no runner could be started: ${reason}`);
  throw new BerthError('internal', 'no process could be started to go on with the work', { detail: reason });
}

/** A new stack is to be there when its caller looks, also one who does not wait for what it runs. */
async function hasStored({ actions }: MutatorParts, id: string): Promise<boolean> {
  const [first] = await actions.steps(id);
  return first?.body.do !== 'define' || (first.state !== 'pending' && first.state !== 'running');
}

async function currentAction(parts: MutatorParts, record: ActionRecord): Promise<Action> {
  return toAction((await parts.actions.get(record.id)) ?? record);
}
