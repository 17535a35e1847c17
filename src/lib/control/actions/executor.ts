import type { Step } from '../../plan/steps.js';
import { InterruptedError, isBerthError, type RolloutError, WaitTimeoutError } from '../../port/errors.js';
import type { Verdict } from '../../port/verdict.js';
import type { CallContext } from '../../port/verb.js';
import type { Lease } from '../ledger.js';
import { actionLost, describeAbort, describeStep } from './describe.js';
import { beginWayBack, failRelease, versionOf, wayBackFailed, wentBack } from './go-back.js';
import { startHeart } from './heart.js';
import { isRolloutFailure, perform, type Stage } from './perform.js';
import type { PlanningParts } from './planning.js';
import type { ActionRecord, ActionRecords, RecordedStep } from './records.js';
import { DeadlineReached, Waiter } from './wait.js';
import { writeLine } from './write-line.js';

/** What executing an action needs. */
export interface ExecutorParts extends PlanningParts {
  readonly actions: ActionRecords;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Between two looks at the engine. */
  readonly pollMs: number;
  /** Who runs it; an action may have been made by somebody else. */
  readonly user: string;
}

/** An action that this process has taken, with the lease it works under. */
export interface Run {
  readonly record: ActionRecord;
  readonly lease: Lease;
  /** Its signal also aborts when the lease is lost. */
  readonly context: CallContext;
  /** Milliseconds since 1970; null is no end. */
  readonly deadlineMs: number | null;
}

/** How an execution ended that did not throw. */
export interface Outcome {
  /** Absent when it is done. */
  readonly timedOut?: WaitTimeoutError;
  /** What the last wait saw. */
  readonly verdict?: Verdict;
}

/**
 * Executes an action from the first step that is not done, and ends it. When the time is up it stays `In progress`, for
 * the caller to hand over.
 *
 * @throws ConflictError when another process runs it meanwhile; RolloutError, InterruptedError (the action is `Canceled`),
 *   or what a step threw (the action has `Failed`).
 */
export async function execute(parts: ExecutorParts, run: Run): Promise<Outcome> {
  const { record } = run;
  const heart = startHeart(parts.actions, record);
  const signal = AbortSignal.any([run.context.signal, heart.signal]);
  try {
    const verdict = await runToEnd(parts, { ...run, context: { ...run.context, signal } });
    if (!(await parts.actions.end(record.id, record.epoch, 'Success', null))) throw actionLost(record.id);
    return verdict === undefined ? {} : { verdict };
  } catch (error) {
    if (error instanceof DeadlineReached) return { timedOut: timeoutError(record, error) };
    throw await endWith(parts, record, signal, error);
  } finally {
    heart.stop();
  }
}

/** Goes forward, and back again when that fails and was asked for. */
async function runToEnd(parts: ExecutorParts, run: Run): Promise<Verdict | undefined> {
  const steps = await parts.actions.steps(run.record.id);
  // An action that was interrupted on its way back goes on that way.
  if (steps.some(({ undo }) => undo)) return goBack(parts, run, undefined);
  try {
    return await runSteps(parts, run, steps);
  } catch (error) {
    if (!isRolloutFailure(error)) throw error;
    await failRelease(parts, run);
    if ((await beginWayBack(parts, run, error)) === null) throw error;
    return goBack(parts, run, error);
  }
}

/** Never returns: what was asked for has failed, however well the way back goes. */
async function goBack(parts: ExecutorParts, run: Run, failure: RolloutError | undefined): Promise<never> {
  const steps = (await parts.actions.steps(run.record.id)).filter(({ undo }) => undo);
  const version = versionOf(steps);
  try {
    await runSteps(parts, run, steps);
  } catch (error) {
    if (!isRolloutFailure(error)) throw error;
    await failRelease(parts, run);
    throw wayBackFailed(version, failure, error);
  }
  throw wentBack(run, version, failure);
}

/** Steps of one wave at a time, a few of a wave side by side. */
const besides = 8;

/** Performs the steps that are not done, wave by wave. The first failure ends its wave. */
async function runSteps(parts: ExecutorParts, run: Run, steps: readonly RecordedStep[]): Promise<Verdict | undefined> {
  let verdict: Verdict | undefined;
  const cut = new AbortController();
  const signal = AbortSignal.any([run.context.signal, cut.signal]);
  const stage = stageOf(parts, { ...run, context: { ...run.context, signal } }, steps, (seen) => {
    verdict = seen;
  });
  const left = steps.filter(({ state }) => state !== 'done' && state !== 'skipped');
  for (const wave of new Set(left.map((step) => step.wave))) {
    const queue = left.filter((step) => step.wave === wave);
    const failures: unknown[] = [];
    const work = async (): Promise<void> => {
      for (let step = queue.shift(); step !== undefined && failures.length === 0; step = queue.shift()) {
        await runStep(stage, step).catch((error: unknown) => {
          failures.push(error);
          // Others of the wave may wait long for what nobody needs any more.
          cut.abort(error);
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(besides, queue.length) }, work));
    if (failures.length > 0) throw failures[0];
  }
  return verdict;
}

function stageOf(parts: ExecutorParts, run: Run, steps: readonly Step[], seen: (verdict: Verdict) => void): Stage {
  const { engine, ledger, actions, now, pollMs, user } = parts;
  const { record, lease, context, deadlineMs } = run;
  const log = (text: string): Promise<void> => writeLine(actions, record, text);
  const fence = { epoch: lease.epoch };
  const waiter = new Waiter({ engine, scope: lease.scope, fence, context, now, pollMs, deadlineMs, log });
  const release = newestRelease(parts, lease);
  return { engine, ledger, actions, now, user, record, lease, context, waiter, steps, log, seen, release };
}

/** Asked for once, after the step that makes a release: waves go one after the other. */
function newestRelease({ ledger }: ExecutorParts, { scope }: Lease): () => Promise<number | null> {
  let known: Promise<number | null> | undefined;
  return () => (known ??= ledger.releases(scope, 1).then(([newest]) => newest?.version ?? null));
}

async function runStep(stage: Stage, step: RecordedStep): Promise<void> {
  stage.context.signal.throwIfAborted();
  await mark(stage, step, 'running');
  await stage.log(describeStep(step));
  await mark(stage, step, await perform(stage, step));
}

async function mark({ actions, record }: Stage, step: Step, state: 'running' | 'done' | 'skipped'): Promise<void> {
  if (await actions.markStep(record.id, record.epoch, step.id, state)) return;
  throw actionLost(record.id);
}

/** Writes down how the action failed; gives the error to throw. */
async function endWith(
  { actions }: ExecutorParts,
  record: ActionRecord,
  signal: AbortSignal,
  thrown: unknown,
): Promise<unknown> {
  const lost: unknown = signal.aborted ? signal.reason : undefined;
  const interrupted = signal.aborted && !(isBerthError(lost) && lost.code === 'conflict');
  const error = signal.aborted && !interrupted ? lost : thrown;
  const reason = interrupted ? describeAbort(signal) : error instanceof Error ? error.message : String(error);
  // A store that cannot be written cannot take the end either.
  if (interrupted || !isBerthError(error) || error.code !== 'store') {
    const detail = !interrupted && isBerthError(error) ? error.detail : undefined;
    await writeEnd(actions, record, interrupted ? 'Canceled' : 'Failed', reason, detail);
  }
  if (!interrupted) return error;
  return new InterruptedError(reason, {
    hint: `What was done so far stays. Go on with \`berth action retry ${record.id.slice(0, 8)}\`, or run the command again.`,
  });
}

/** The first error is the one to tell: an action without an end is found when this process is gone. */
async function writeEnd(
  actions: ActionRecords,
  { id, epoch }: ActionRecord,
  state: 'Canceled' | 'Failed',
  reason: string,
  detail: string | undefined,
): Promise<void> {
  try {
    await actions.log(id, epoch, state === 'Canceled' ? reason : `failed: ${reason}`);
    for (const line of detail?.split('\n') ?? []) await actions.log(id, epoch, line);
    await actions.end(id, epoch, state, reason);
  } catch {
    // See above.
  }
}

function timeoutError(record: ActionRecord, reached: DeadlineReached): WaitTimeoutError {
  return new WaitTimeoutError(`stack ${record.stack} is not as asked for yet`, {
    detail: reached.status,
    hint: `The work goes on. Follow it with \`berth action logs ${record.id.slice(0, 8)} --follow\`.`,
    data: { verdict: reached.verdict },
  });
}
