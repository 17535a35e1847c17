import type { Intent } from '../../plan/intent.js';
import type { StackScope } from '../../plan/resources.js';
import type { Step } from '../../plan/steps.js';
import type { CallContext } from '../../port/verb.js';
import type { ActionRecord, ActionRecords } from './records.js';
import { planFor, type PlanningParts } from './planning.js';

export interface UndoPlan {
  /** The release that is gone back to. */
  readonly version: number;
  readonly steps: readonly Step[];
}

/**
 * The steps that take a failed `up` back to the last release that was deployed.
 *
 * @returns null when that was not asked for, when the action made no release, and when there is nothing to go back to.
 */
export async function planUndo(
  parts: PlanningParts & { readonly actions: ActionRecords },
  { record, context }: { readonly record: ActionRecord; readonly context: CallContext },
): Promise<UndoPlan | null> {
  const { actions, ledger } = parts;
  const scope: StackScope = { namespace: record.namespace, stack: record.stack };
  const intent = await actions.intent(record.id);
  if (intent?.want !== 'up' || !intent.rollbackOnFailure) return null;
  const made = (await actions.steps(record.id)).some(({ body }) => body.do === 'release');
  const target = made ? (await ledger.releases(scope)).find(({ state }) => state === 'deployed') : undefined;
  if (target === undefined) return null;
  const back: Intent = { want: 'rollback', version: target.version, monitorMs: intent.monitorMs };
  const { plan } = await planFor(parts, scope, back, context, false);
  return { version: target.version, steps: plan.steps.map((step) => ({ ...step, id: `undo: ${step.id}` })) };
}
