import type { Intent } from '../../plan/intent.js';
import { type Observation, planIntent, type StoredStack } from '../../plan/plan.js';
import { withOverlays } from '../../plan/overlays.js';
import type { StackScope } from '../../plan/resources.js';
import type { Plan, Step } from '../../plan/steps.js';
import { planWayBack } from '../../plan/way-back.js';
import { UnsupportedError } from '../../port/errors.js';
import type { CallContext } from '../../port/verb.js';
import type { Engine } from '../engines/engine.js';
import type { Ledger, StackRecord } from '../ledger.js';
import { fulfilled, unsettled } from './standing.js';

export interface PlanningParts {
  readonly engine: Engine;
  readonly ledger: Ledger;
  /** uuid v4. */
  readonly randomUuid: () => string;
}

export interface PlannedIntent {
  readonly plan: Plan;
  /** Id of the stack; of a new one, the id it gets. */
  readonly stackId: string;
  /** What puts back what the plan touches; null where that was not asked for, or there is nothing to go back to. */
  readonly wayBack: readonly Step[] | null;
}

/**
 * Looks at a stack, and plans what the intent asks for. What the engine cannot do, or would leave unheeded, is found
 * here, before anything is stored or sent.
 *
 * @param strict whether a key that would be left unheeded is an error; else it is a note of the plan.
 * @throws what `planIntent` and the engine's check throw; UnsupportedError.
 */
export async function planFor(
  parts: PlanningParts,
  scope: StackScope,
  intent: Intent,
  context: CallContext,
  strict: boolean,
): Promise<PlannedIntent> {
  const unheeded = await checkDefinition(parts, intent, context);
  const seen = await look(parts, scope, intent, context);
  const plan = planIntent(intent, seen);
  for (const { body } of plan.steps) {
    if (body.do === 'apply' && body.resource.kind === 'service') parts.engine.checkService?.(body.resource);
  }
  const notes = [...unheeded, ...(await checkReleases(parts, intent, plan, context))];
  if (strict && notes.length > 0) {
    throw new UnsupportedError(`the ${parts.engine.kind} engine does not heed every key of the definition`, {
      detail: notes.join('\n'),
      hint: 'Nothing was changed. Take the keys out, or leave --strict out.',
    });
  }
  const goesBack = intent.want === 'up' && intent.rollbackOnFailure;
  const wayBack = goesBack ? planWayBack(seen, plan, intent.monitorMs) : null;
  return { plan: { ...plan, notes: [...notes, ...plan.notes] }, stackId: seen.id, wayBack };
}

/** A definition that comes with the intent is checked even when it asks for nothing new. */
async function checkDefinition({ engine }: PlanningParts, intent: Intent, context: CallContext): Promise<string[]> {
  if (!('definition' in intent)) return [];
  return (await engine.check(intent.definition, context)).map(unheededNote);
}

/** What the plan would store for an intent that brings no definition of its own. */
async function checkReleases(
  { engine }: PlanningParts,
  intent: Intent,
  { steps }: Plan,
  context: CallContext,
): Promise<string[]> {
  if ('definition' in intent) return [];
  const notes: string[] = [];
  for (const { body } of steps) {
    if (body.do !== 'release') continue;
    notes.push(...(await engine.check(withOverlays(body.definition, body.overlays), context)).map(unheededNote));
  }
  return notes;
}

function unheededNote({ path, why }: { readonly path: string; readonly why: string }): string {
  return `${path} is not heeded: ${why}`;
}

async function look(
  { engine, ledger, randomUuid }: PlanningParts,
  scope: StackScope,
  intent: Intent,
  context: CallContext,
): Promise<Observation> {
  const record = await ledger.get(scope);
  const observed = await engine.observe(scope, context);
  const tasks = await engine.tasks(scope, context);
  const target = intent.want === 'rollback' ? await targetOf(ledger, scope, intent.version) : null;
  const [newest] = record === null ? [] : await ledger.releases(scope, 1);
  return {
    scope,
    id: record?.id ?? randomUuid(),
    stored: record === null ? null : { ...toStored(record), deployed: newest?.state === 'deployed' },
    observed,
    containers: tasks.filter(({ desired }) => desired).map(({ id }) => id),
    unsettled: unsettled(observed, tasks),
    fulfilled: fulfilled(observed, tasks),
    target,
  };
}

async function targetOf(ledger: Ledger, scope: StackScope, version: number): Promise<Observation['target']> {
  const found = await ledger.releaseOf(scope, version);
  if (found === null) return null;
  const { definition, overlays } = found;
  const after = (await ledger.releases(scope)).filter((release) => release.version > version);
  const later = [...new Set(after.flatMap((release) => Object.keys(release.definition.services)))];
  return { version, definition, overlays, later };
}

function toStored(record: StackRecord): Omit<StoredStack, 'deployed'> {
  const { definition, overlays, release, standalone, terminating, applied } = record;
  return { definition, overlays, release, standalone, terminating, applied };
}
