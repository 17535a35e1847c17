import { digest } from '../../plan/hash.js';
import type { Step, StepBody } from '../../plan/steps.js';
import { InterruptedError, isBerthError, WaitTimeoutError } from '../../port/errors.js';
import type { CallContext } from '../../port/verb.js';
import type { Engine } from '../engines/engine.js';
import type { StackScope } from '../../plan/resources.js';
import { appliedKey, type Ledger } from '../ledger.js';
import { actionLost, describeAbort, describeStep } from './describe.js';
import type { ActionRecord, ActionRecords } from './records.js';
import type { Wanted } from './verdict.js';
import { DeadlineReached, Waiter } from './wait.js';

/** What executing an action needs. */
export interface ExecutorParts {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly actions: ActionRecords;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Between two looks at the engine. */
  readonly pollMs: number;
}

/** How an execution ended that did not throw. */
export type Outcome = 'done' | { readonly timedOut: WaitTimeoutError };

/**
 * Executes an action that this process has taken, from the first step that is not done, and ends it. When the time is
 * up it stays `In progress`, for the caller to hand over.
 *
 * @param deadlineMs milliseconds since 1970; null is no end.
 * @throws ConflictError when another process runs it meanwhile; RolloutError, InterruptedError (the action is `Canceled`), or what a step threw (the action has `Failed`).
 */
export async function execute(
  parts: ExecutorParts,
  record: ActionRecord,
  context: CallContext,
  deadlineMs: number | null,
): Promise<Outcome> {
  const { actions, engine, now, pollMs } = parts;
  const scope = { namespace: record.namespace, stack: record.stack };
  const steps = await actions.steps(record.id);
  const log = async (text: string): Promise<void> => {
    if (!(await actions.log(record.id, record.epoch, text))) throw actionLost(record.id);
  };
  const waiter = new Waiter({ engine, scope, context, now, pollMs, deadlineMs, log });

  try {
    for (const step of steps) {
      if (step.state === 'done' || step.state === 'skipped') continue;
      context.signal.throwIfAborted();
      await mark(parts, record, step, 'running');
      await log(describeStep(step));
      const state = await perform(parts, { scope, context, waiter, steps, log }, step.body);
      await mark(parts, record, step, state);
    }
    if (!(await actions.end(record.id, record.epoch, 'Success', null))) throw actionLost(record.id);
    return 'done';
  } catch (error) {
    if (error instanceof DeadlineReached) {
      return { timedOut: timeoutError(record, error.status) };
    }
    throw await endWith(parts, record, context.signal, error);
  }
}

async function mark(
  { actions }: ExecutorParts,
  record: ActionRecord,
  step: Step,
  state: 'running' | 'done' | 'skipped',
): Promise<void> {
  if (await actions.markStep(record.id, record.epoch, step.id, state)) return;
  throw actionLost(record.id);
}

/** Writes down how the action failed; gives the error to throw. */
async function endWith(
  { actions }: ExecutorParts,
  { id, epoch }: ActionRecord,
  signal: AbortSignal,
  error: unknown,
): Promise<unknown> {
  const reason = signal.aborted ? describeAbort(signal) : error instanceof Error ? error.message : String(error);
  // A store that cannot be written cannot take the end either.
  const canWrite = signal.aborted || !isBerthError(error) || error.code !== 'store';
  try {
    if (canWrite) {
      await actions.log(id, epoch, signal.aborted ? reason : `failed: ${reason}`);
      const details = isBerthError(error) && error.detail !== undefined ? error.detail.split('\n') : [];
      if (!signal.aborted) for (const line of details) await actions.log(id, epoch, line);
      await actions.end(id, epoch, signal.aborted ? 'Canceled' : 'Failed', reason);
    }
  } catch {
    // The first error is the one to tell. An action without an end is found when this process is gone.
  }
  if (!signal.aborted) return error;
  return new InterruptedError(reason, { hint: 'What was done so far stays. Run the command again to go on.' });
}

function timeoutError(record: ActionRecord, status: string): WaitTimeoutError {
  return new WaitTimeoutError(`stack ${record.stack} is not as asked for yet`, {
    detail: status,
    hint: `The work goes on. Follow it with \`berth action logs ${record.id.slice(0, 8)} --follow\`.`,
  });
}

interface Surroundings {
  readonly scope: StackScope;
  readonly context: CallContext;
  readonly waiter: Waiter;
  readonly steps: readonly Step[];
  readonly log: (text: string) => Promise<void>;
}

async function perform(parts: ExecutorParts, around: Surroundings, body: StepBody): Promise<'done' | 'skipped'> {
  const { engine, ledger, now } = parts;
  const { scope, context, waiter } = around;
  switch (body.do) {
    case 'define': {
      const fresh = { id: body.id, engineKind: engine.kind, createdAt: new Date(now()).toISOString() };
      await ledger.define(scope, body.definition, fresh);
      return 'done';
    }
    case 'overlay':
      await ledger.setScale(scope, body.replicas);
      return 'done';
    case 'retire':
      await ledger.markTerminating(scope);
      return 'done';
    case 'forget':
      await ledger.forget(scope);
      return 'done';
    case 'apply':
      await engine.apply(body.resource, context);
      if (body.resource.kind !== 'service') {
        const key = appliedKey(body.resource.kind, body.resource.name);
        await ledger.markApplied(scope, key, digest(body.resource.definition));
      }
      return 'done';
    case 'remove':
      await engine.remove(body.resource, context);
      if (body.resource.kind !== 'service') {
        await ledger.markApplied(scope, appliedKey(body.resource.kind, body.resource.name), null);
      }
      return 'done';
    case 'gate':
      return gate(parts, around, body);
    case 'gone':
      await waiter.gone(body.service);
      return 'done';
    case 'converge':
      await waiter.converge(await wantedServices(parts, around, body.services), body.monitorMs);
      if (body.deploys) await ledger.markDeployed(scope, new Date(now()).toISOString());
      return 'done';
  }
}

async function gate(
  parts: ExecutorParts,
  around: Surroundings,
  body: Extract<StepBody, { readonly do: 'gate' }>,
): Promise<'done' | 'skipped'> {
  const [wanted] = await wantedServices(parts, around, [body.service]);
  if (wanted === undefined) return 'skipped';
  try {
    await around.waiter.gate(wanted, body.condition);
    return 'done';
  } catch (error) {
    if (body.required || !isBerthError(error)) throw error;
    await around.log(`${body.service} is not required: going on without it (${error.message})`);
    return 'skipped';
  }
}

/** Services as this action applied them; those that it left alone, as the engine has them. */
async function wantedServices(
  { engine }: ExecutorParts,
  { scope, context, steps }: Surroundings,
  names: readonly string[],
): Promise<Wanted[]> {
  const { services } = await engine.observe(scope, context);
  return names.flatMap((name): Wanted[] => {
    const applied = steps.find(
      ({ body }) => body.do === 'apply' && body.resource.kind === 'service' && body.resource.name === name,
    );
    if (applied?.body.do === 'apply' && applied.body.resource.kind === 'service') return [applied.body.resource];
    return services.filter((service) => service.name === name);
  });
}
