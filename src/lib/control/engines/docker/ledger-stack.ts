import type { StackScope } from '../../../plan/resources.js';
import { ConflictError, NotFoundError } from '../../../port/errors.js';
import type { NewRelease, ReleaseRecord, StackRecord } from '../../ledger.js';
import type { Change } from './ledger-lock.js';
import type { ReleaseBody, ReleaseFacts, StackFacts, StackState } from './ledger-state.js';

/** Releases kept of a stack. */
const keptReleases = 100;
/** Ids that are remembered of terminated stacks of one name. */
const keptIds = 20;

/** The stack that is there. Throws NotFoundError. */
export function existing(state: StackState, scope: StackScope): StackFacts {
  if (state.stack === null) throw noSuchStack(scope);
  return state.stack;
}

export function noSuchStack({ stack }: StackScope): NotFoundError {
  return new NotFoundError(`no stack ${JSON.stringify(stack)}`);
}

/** The change that sets those facts of a stack that is there. Throws NotFoundError. */
export function withFacts(state: StackState, scope: StackScope, facts: Partial<StackFacts>): StackState {
  return { ...state, stack: { ...existing(state, scope), ...facts } };
}

export function withNewestMarked(state: StackState, mark: ReleaseFacts['state']): StackState {
  const { releases } = state;
  return {
    ...state,
    releases: releases.map((each, index) => (index < releases.length - 1 ? each : { ...each, state: mark })),
  };
}

export function withApplied(state: StackState, scope: StackScope, key: string, hash: string | null): StackState {
  const { [key]: _before, ...others } = existing(state, scope).applied;
  return withFacts(state, scope, { applied: hash === null ? others : { ...others, [key]: hash } });
}

/** @throws RangeError for a number that is none of replicas: the callers have checked them. */
export function withScale(
  state: StackState,
  scope: StackScope,
  replicas: Readonly<Record<string, number | null>>,
): StackState {
  const scale = new Map(Object.entries(existing(state, scope).scale));
  for (const [service, count] of Object.entries(replicas)) {
    if (count === null) scale.delete(service);
    else if (Number.isInteger(count) && count >= 0) scale.set(service, count);
    else throw new RangeError(`${count} is no number of replicas (service ${service})`);
  }
  return withFacts(state, scope, { scale: Object.fromEntries(scale) });
}

/** A release that is about to be made. */
export interface Making {
  readonly release: NewRelease;
  readonly changeKey: string;
  /** Name of the register that its body is in. */
  readonly body: string;
}

/** Number of the release that a commit would make; null where it is made already. */
export function nextVersion({ stack }: StackState, changeKey: string): number | null {
  if (stack === null) return 1;
  return stack.changeKey === changeKey ? null : stack.release + 1;
}

/**
 * The first release of a new stack, or the next of the one that is there.
 *
 * @throws ConflictError for a new stack with the id of one that was terminated: it was planned before that.
 */
export function withRelease(state: StackState, scope: StackScope, { release, changeKey, body }: Making): StackState {
  const { id, standalone, engineKind, createdAt } = release;
  const { stack: present } = state;
  if (present === null) {
    if (state.formerIds.includes(id)) throw terminatedSince(scope);
    const unmarked = { scale: {}, terminating: false, applied: {}, deployedAt: null };
    const stack = { id, standalone, release: 1, changeKey, engineKind, createdAt, ...unmarked };
    return { ...state, stack, releases: [{ version: 1, body, state: 'stored' }], terminated: 0 };
  }
  const version = present.release + 1;
  const kept = state.releases.filter((each) => each.version > version - keptReleases);
  return {
    ...state,
    stack: { ...present, standalone, release: version, changeKey, terminating: false },
    releases: [...kept, { version, body, state: 'stored' }],
  };
}

/** Without the stack, but with its releases. `terminated`: how many of the namespace were before it, and it. */
export function withoutStack(state: StackState, terminated: number): Change<void> {
  const { stack } = state;
  if (stack === null) return { next: null, result: undefined };
  const formerIds = [...state.formerIds, stack.id].slice(-keptIds);
  return { next: { ...state, stack: null, formerIds, terminated }, result: undefined };
}

export function toStackRecord(
  { namespace, stack: name }: StackScope,
  stack: StackFacts,
  body: ReleaseBody,
): StackRecord {
  const { id, standalone, release, scale, engineKind, terminating, applied, createdAt, deployedAt } = stack;
  return {
    ...{ id, namespace, name, standalone, release },
    definition: body.definition,
    overlays: { ...body.overlays, scale },
    ...{ engineKind, terminating, applied, createdAt, deployedAt },
  };
}

export function toReleaseRecord({ version, state }: ReleaseFacts, body: ReleaseBody): ReleaseRecord {
  const { stackId, user, summary, definition, overlays, rollbackOf, createdAt } = body;
  return { stackId, version, user, summary, definition, overlays, rollbackOf, state, createdAt };
}

function terminatedSince({ stack }: StackScope): ConflictError {
  return new ConflictError(`stack ${stack} was terminated since this change of it was planned`, {
    hint: 'Nothing was changed. Run the command again to make it anew.',
  });
}
