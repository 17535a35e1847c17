import { digest } from '../../plan/hash.js';
import type { ResourceRef } from '../../plan/resources.js';
import type { Step, StepBody } from '../../plan/steps.js';
import { ConflictError, isBerthError, type RolloutError } from '../../port/errors.js';
import type { Verdict } from '../../port/verdict.js';
import type { CallContext } from '../../port/verb.js';
import type { Engine } from '../engines/engine.js';
import { appliedKey, type Lease, type Ledger } from '../ledger.js';
import type { ActionRecord, ActionRecords } from './records.js';
import type { Wanted } from './verdict.js';
import type { Waiter } from './wait.js';

/** What the steps of an action are performed with. */
export interface Stage {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly actions: ActionRecords;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Who runs the action. */
  readonly user: string;
  readonly record: ActionRecord;
  readonly lease: Lease;
  readonly context: CallContext;
  readonly waiter: Waiter;
  readonly steps: readonly Step[];
  readonly log: (text: string) => Promise<void>;
  /** Version of the stack's newest release; null where it has none. */
  readonly release: () => Promise<number | null>;
  /** Takes what a wait has seen. */
  readonly seen: (verdict: Verdict) => void;
}

/**
 * Does one step. Doing it again leads to the same, so that a process may be killed before it has written down that it was
 * done; a container that was restarted is restarted again then.
 *
 * @throws ConflictError when the lease is over: nothing is changed.
 */
export async function perform(stage: Stage, { id, body }: Step): Promise<'done' | 'skipped'> {
  switch (body.do) {
    case 'release':
    case 'overlay':
    case 'retire':
    case 'forget':
      await record(stage, id, body);
      return 'done';
    case 'mark':
      await stage.ledger.markApplied(stage.lease, keyOf(body.resource), digest(body.resource.definition));
      return 'done';
    case 'apply':
    case 'adopt':
    case 'remove':
    case 'command':
      // A process that has slept must not go on, also where the engine was asked for nothing by the one that took over.
      if (!(await stage.ledger.renew(stage.lease))) throw lockLost(stage.lease);
      await change(stage, body);
      return 'done';
    case 'gate':
      return gate(stage, body);
    case 'gone':
      await stage.waiter.gone(body.service);
      return 'done';
    case 'converge':
      await converge(stage, body);
      return 'done';
  }
}

/** For a runner whose lease is over. */
export function lockLost({ scope }: Lease): ConflictError {
  return new ConflictError(`the lock of stack ${scope.stack} was lost: somebody else has taken it over`);
}

type BodyOf<D extends StepBody['do']> = Extract<StepBody, { readonly do: D }>;

/** What goes into the ledger. */
async function record(
  { ledger, actions, engine, now, user, record: action, lease }: Stage,
  stepId: string,
  body: BodyOf<'release' | 'overlay' | 'retire' | 'forget'>,
): Promise<void> {
  switch (body.do) {
    case 'release': {
      const { do: _do, ...release } = body;
      const made = { user, engineKind: engine.kind, createdAt: new Date(now()).toISOString() };
      await ledger.commit(lease, { ...release, ...made }, `${action.id}/${stepId}`);
      return;
    }
    case 'overlay':
      return ledger.setScale(lease, body.replicas);
    case 'retire':
      return ledger.markTerminating(lease);
    case 'forget':
      await actions.dropDetails(lease.scope.namespace, lease.scope.stack);
      await ledger.forget(lease);
  }
}

/** What the engine is asked for. */
async function change(
  { engine, ledger, lease, context, release }: Stage,
  body: BodyOf<'apply' | 'adopt' | 'remove' | 'command'>,
): Promise<void> {
  const fence = { epoch: lease.epoch };
  switch (body.do) {
    case 'apply':
      if (body.resource.kind === 'service') {
        const version = await release();
        await engine.apply({ ...body.resource, ...(version !== null && { release: version }) }, fence, context);
      } else {
        await engine.apply(body.resource, fence, context);
        await ledger.markApplied(lease, keyOf(body.resource), digest(body.resource.definition));
      }
      return;
    case 'adopt': {
      const version = await release();
      const resource = { ...body.resource, ...(version !== null && { release: version }) };
      await engine.adopt?.(resource, body.containers, fence, context);
      return;
    }
    case 'remove':
      await engine.remove(body.resource, fence, context);
      if (body.resource.kind !== 'service') {
        await ledger.markApplied(lease, keyOf(body.resource), null);
      }
      return;
    case 'command': {
      const task = { ...lease.scope, service: body.service, id: body.container };
      try {
        await engine.command?.(task, body.command, fence, context);
      } catch (error) {
        // One that is gone needs nothing more to be removed, or replaced.
        const ends = body.command.do === 'remove' || body.command.do === 'replace';
        if (!ends || !isBerthError(error) || error.code !== 'not_found') throw error;
      }
    }
  }
}

function keyOf({ kind, name }: ResourceRef): string {
  return appliedKey(kind, name);
}

async function gate(stage: Stage, body: BodyOf<'gate'>): Promise<'done' | 'skipped'> {
  const [wanted] = await wantedServices(stage, [body.service]);
  if (wanted === undefined) return 'skipped';
  try {
    await stage.waiter.gate(wanted, body.condition);
    return 'done';
  } catch (error) {
    if (body.required || !isBerthError(error)) throw error;
    await stage.log(`${body.service} is not required: going on without it (${error.message})`);
    return 'skipped';
  }
}

async function converge(stage: Stage, body: BodyOf<'converge'>): Promise<void> {
  const { ledger, lease, now, waiter } = stage;
  stage.seen(await waiter.converge(await wantedServices(stage, body.services), body.monitorMs));
  if (body.deploys) await ledger.markDeployed(lease, new Date(now()).toISOString());
}

/** True for an error that says how a rollout ended, not that it was interrupted or could not be seen. */
export function isRolloutFailure(error: unknown): error is RolloutError {
  return (
    isBerthError(error) &&
    ['rollout_failed', 'rolled_back', 'paused', 'unplaceable'].some((code) => error.code === code)
  );
}

/** Services as this action applied them last; those that it left alone, as the engine has them. */
async function wantedServices({ engine, lease, context, steps }: Stage, names: readonly string[]): Promise<Wanted[]> {
  const { services } = await engine.observe(lease.scope, context);
  return names.flatMap((name): Wanted[] => {
    const applied = steps.findLast(
      ({ body }) => body.do === 'apply' && body.resource.kind === 'service' && body.resource.name === name,
    );
    if (applied?.body.do === 'apply' && applied.body.resource.kind === 'service') return [applied.body.resource];
    return services.filter((service) => service.name === name);
  });
}
