import type { Intent } from '../../plan/intent.js';
import type { Step } from '../../plan/steps.js';
import { isBerthError, RolloutError } from '../../port/errors.js';
import { actionLost } from './describe.js';
import type { ExecutorParts, Run } from './executor.js';
import { planFor } from './planning.js';
import { writeLine } from './write-line.js';

/** The way back of an action that has failed. */
export interface WayBack {
  /** The release that is gone back to. */
  readonly version: number;
  readonly steps: readonly Step[];
}

/**
 * Notes that the newest release has failed, unless it was deployed before: its replicas were replaced in vain then.
 */
export async function failRelease({ ledger }: ExecutorParts, { lease }: Run): Promise<void> {
  const [newest] = await ledger.releases(lease.scope, 1);
  if (newest !== undefined && newest.state !== 'deployed') await ledger.markFailed(lease);
}

/**
 * Finds the way back of a failed `up`, and saves it with the action: what was saved when it was planned, else, where the
 * release before was not deployed either, the last one that was.
 *
 * @returns null when that was not asked for, and when there is nothing to go back to.
 * @throws RolloutError, the failure with what kept the way back from being found.
 */
export async function beginWayBack(parts: ExecutorParts, run: Run, failure: RolloutError): Promise<WayBack | null> {
  const { actions } = parts;
  const { record, lease, context } = run;
  const back = await findWayBack(parts, run).catch((error: unknown) => {
    // A lock that was lost, or an interruption, is no matter of the way back.
    if (context.signal.aborted || !isBerthError(error) || error.code === 'conflict') throw error;
    throw failedBoth(failure, failure.code, `the way back could not be planned: ${error.message}`, error.detail);
  });
  if (back === null) return null;
  const lines = [
    `failed: ${failure.message}`,
    ...(failure.detail?.split('\n') ?? []),
    `going back to v${back.version}`,
  ];
  for (const line of lines) await writeLine(actions, record, line);
  if (!(await actions.addUndo(record.id, record.epoch, back.steps, lease.epoch))) throw actionLost(record.id);
  const status = `${failure.message}; going back to v${back.version}`;
  context.progress?.({ kind: 'stack', name: record.stack, phase: 'failed', status });
  return back;
}

async function findWayBack(parts: ExecutorParts, { record, lease, context }: Run): Promise<WayBack | null> {
  const { actions, ledger } = parts;
  const saved = await actions.wayBack(record.id);
  if (saved !== null) return { version: versionOf(saved) ?? 0, steps: saved };
  const intent = await actions.intent(record.id);
  if (intent?.want !== 'up' || !intent.rollbackOnFailure) return null;
  const [newest, ...earlier] = await ledger.releases(lease.scope);
  const target = newest?.state === 'deployed' ? undefined : earlier.find(({ state }) => state === 'deployed');
  if (target === undefined) return null;
  const back: Intent = { want: 'rollback', version: target.version, monitorMs: intent.monitorMs };
  const { plan } = await planFor(parts, lease.scope, back, context, false);
  return { version: target.version, steps: plan.steps.map((step) => ({ ...step, id: `undo: ${step.id}` })) };
}

/** The release that steps go back to; undefined where they make none. */
export function versionOf(steps: readonly Step[]): number | undefined {
  const versions = steps.flatMap(({ body }) => (body.do === 'release' ? [body.rollbackOf] : []));
  return versions.find((version) => version !== null) ?? undefined;
}

/** What to throw when the way back is done. What was asked for has failed, however well that went. */
export function wentBack(
  { record }: Run,
  version: number | undefined,
  failure: RolloutError | undefined,
): RolloutError {
  const why = failure?.message ?? 'its rollout failed';
  return new RolloutError('rolled_back', `stack ${record.stack} was rolled back to ${nameOf(version)}: ${why}`, {
    ...(failure?.detail !== undefined && { detail: failure.detail }),
    ...(failure?.data && { data: failure.data }),
    hint: `What ran before runs again. See \`berth action logs ${record.id.slice(0, 8)}\`.`,
  });
}

/** What to throw when the way back has failed too. */
export function wayBackFailed(
  version: number | undefined,
  failure: RolloutError | undefined,
  error: RolloutError,
): RolloutError {
  const why = `going back to ${nameOf(version)} failed too: ${error.message}`;
  return failedBoth(failure, failure?.code ?? error.code, why, error.detail);
}

function failedBoth(
  failure: RolloutError | undefined,
  code: RolloutError['code'],
  why: string,
  detail: string | undefined,
): RolloutError {
  const told = [failure?.detail, why, detail].filter((text) => text !== undefined).join('\n');
  return new RolloutError(code, failure?.message ?? 'the rollout failed', {
    ...(failure?.data && { data: failure.data }),
    detail: told,
    hint: 'What runs is neither of the two. Bring the stack up again with a file that works.',
  });
}

function nameOf(version: number | undefined): string {
  return version === undefined ? 'the release before' : `v${version}`;
}
