import type { Intent } from '../../plan/intent.js';
import { type Plan, printed } from '../../plan/steps.js';
import type { Action, ActionObject, Mutation } from '../../port/actions.js';
import { InterruptedError, isBerthError } from '../../port/errors.js';
import type { CallContext, MutationOptions } from '../../port/verb.js';
import type { StackScope } from '../../plan/resources.js';
import type { LockHolder } from '../ledger.js';
import type { Processes } from '../processes.js';
import { describeAbort } from './describe.js';
import type { ExecutorParts } from './executor.js';
import { type Detach, toAction } from './hand-over.js';
import { describeHolder, type HeldLock, underLock } from './lock.js';
import { type PlannedIntent, planFor } from './planning.js';
import type { ActionRecord } from './records.js';
import { carryOut } from './carry-out.js';

export interface MutatorParts extends ExecutorParts {
  readonly processes: Processes;
  readonly user: string;
  /** Starts a process that runs the action on; resolves when it has been started. */
  readonly detach: Detach;
}

export interface MutationRequest {
  readonly scope: StackScope;
  /** The operation in words: `Stack Up`. */
  readonly name: string;
  readonly intent: Intent;
  /** What the action is about, by the id of the stack. */
  readonly object: (stackId: string) => ActionObject;
  /** Refuse what the engine would leave unheeded. Default false. */
  readonly strict?: boolean;
  readonly options: MutationOptions;
  readonly context: CallContext;
}

/** What became of the request: the mutation but for its subject, which the facet looks up. */
export type MutationResult = Omit<Mutation<unknown>, 'subject'>;

/** How long a stack that somebody else changes is waited for, unless the caller says. */
const lockWaitMs = 60_000;

/**
 * Plans and executes one change of a stack: alone, as an action whose steps are saved before the first of them runs.
 *
 * @throws ConflictError when somebody else holds the stack until the time is up; WaitTimeoutError; RolloutError;
 *   InterruptedError; what planning throws.
 */
export async function mutate(parts: MutatorParts, request: MutationRequest): Promise<MutationResult> {
  const { scope, options, context } = request;
  if (options.dryRun === true) return announce(request, (await plan(parts, request)).plan, null);

  const deadlineMs = options.timeoutMs === undefined ? null : parts.now() + options.timeoutMs;
  const holder = newHolder(parts, parts.randomUuid(), request.name);
  const wait = { scope, holder, context, deadlineMs: lockDeadlineMs(parts, options) };
  return underLock(parts, wait, async (lock) => {
    try {
      return await change(parts, request, lock, holder.actionId, deadlineMs);
    } catch (error) {
      if (context.signal.aborted && !isBerthError(error)) throw new InterruptedError(describeAbort(context.signal));
      throw error;
    }
  });
}

/** Until when somebody else is waited for, in milliseconds since 1970. */
export function lockDeadlineMs(
  { now }: Pick<MutatorParts, 'now'>,
  { lockTimeoutMs, timeoutMs = lockWaitMs }: Pick<MutationOptions, 'lockTimeoutMs' | 'timeoutMs'>,
): number {
  return now() + (lockTimeoutMs ?? Math.min(lockWaitMs, timeoutMs));
}

export function newHolder({ processes, user, now }: MutatorParts, actionId: string, command: string): LockHolder {
  return { actionId, process: processes.self, user, command, since: new Date(now()).toISOString() };
}

/** The holder's own action says only that it was interrupted. */
export async function tellDisplaced(
  { actions, now }: MutatorParts,
  record: ActionRecord,
  { displaced }: HeldLock,
): Promise<void> {
  if (displaced === null) return;
  const text = `stack ${record.stack} was taken over from ${describeHolder(displaced, now())}, who is gone`;
  await actions.log(record.id, record.epoch, text);
}

function plan(parts: MutatorParts, { scope, intent, context, strict }: MutationRequest): Promise<PlannedIntent> {
  return planFor(parts, scope, intent, context, strict ?? false);
}

async function change(
  parts: MutatorParts,
  request: MutationRequest,
  lock: HeldLock,
  id: string,
  deadlineMs: number | null,
): Promise<MutationResult> {
  const { scope, options, context, intent } = request;
  const { plan: planned, stackId, wayBack } = await plan(parts, request);
  if (planned.steps.length === 0) return announce(request, planned, null);
  context.signal.throwIfAborted();
  const { namespace, stack } = scope;
  const object = request.object(stackId);
  const created = await parts.actions.create(
    { id, namespace, name: request.name, object, stack, user: parts.user, leaseEpoch: lock.lease.epoch, intent },
    { steps: planned.steps, stackId, wayBack },
  );
  await tellDisplaced(parts, created, lock);
  for (const note of planned.notes) await parts.actions.log(created.id, created.epoch, note);
  const result = announce(request, planned, created);
  const carried = await carryOut(parts, { record: created, lock, context, deadlineMs, wait: options.wait !== false });
  return { ...result, ...carried };
}

function announce({ scope, context }: MutationRequest, plan: Plan, created: ActionRecord | null): MutationResult {
  const steps = printed(plan.steps);
  const action: Action | null = created === null ? null : toAction(created);
  for (const note of plan.notes) {
    context.progress?.({ kind: 'stack', name: scope.stack, phase: 'note', status: note });
  }
  context.planned?.(steps);
  if (action !== null) context.accepted?.(action);
  return { action, plan: steps };
}
