import type { Project } from '../../compose/project.js';
import { withContentDigests, withoutContents } from '../../plan/contents.js';
import { releaseChanges } from '../../plan/diff.js';
import { withOverlays } from '../../plan/overlays.js';
import type { StackScope } from '../../plan/resources.js';
import type { Mutation } from '../../port/actions.js';
import { isBerthError, NotFoundError, RefusedError, UsageError } from '../../port/errors.js';
import type { Release, ReleasesFacet } from '../../port/releases.js';
import { type CallContext, type MutationOptions, verb } from '../../port/verb.js';
import type { ReleaseRecord, StackRecord } from '../ledger.js';
import { releaseIdOf } from '../views.js';
import { defaultMonitorMs, type Desk, mutationOptions, present } from './desk.js';

/** Releases of the stacks of the engine backend. Those of a stack that was terminated can still be read. */
export function releasesFacet(desk: Desk): ReleasesFacet {
  return {
    list: verb(['limit'], ({ stack }, { limit }) => list(desk, stack, limit)),
    get: verb([], async ({ stack, version }) => {
      const history = await find(desk, stack);
      const found = await releaseOf(desk, history, version);
      return { ...toRelease(history, found), build: null, config: null, definition: withoutContents(effective(found)) };
    }),
    diff: verb(['reveal'], async ({ stack, from, to }, { reveal = false }) => {
      const history = await find(desk, stack);
      const [before, after] = [await releaseOf(desk, history, from), await releaseOf(desk, history, to)];
      return releaseChanges(compared(before), compared(after), reveal);
    }),
    rollback: verb(mutationOptions, ({ stack, version }, options, context) =>
      rollback(desk, stack, version, options, context),
    ),
  };
}

/** A stack, or what is left of one that was terminated. */
interface History {
  readonly scope: StackScope;
  /** Null when it was terminated. */
  readonly record: StackRecord | null;
}

async function find(desk: Desk, query: string): Promise<History> {
  try {
    const record = await desk.findStack(query);
    return { scope: desk.scope(record.name), record };
  } catch (error) {
    const scope = desk.scope(query);
    const gone = isBerthError(error) && error.code === 'not_found';
    if (!gone || (await desk.parts.ledger.releases(scope, 1)).length === 0) throw error;
    return { scope, record: null };
  }
}

async function* list(desk: Desk, query: string, limit: number | undefined): AsyncIterable<Release> {
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new UsageError(`a limit must be a whole number of 1 or more: ${limit}`);
  }
  const history = await find(desk, query);
  for (const release of await desk.parts.ledger.releases(history.scope, limit)) yield toRelease(history, release);
}

async function releaseOf(desk: Desk, { scope }: History, version: number): Promise<ReleaseRecord> {
  const found = await desk.parts.ledger.releaseOf(scope, version);
  if (found !== null) return found;
  throw new NotFoundError(`${scope.stack} has no release v${version}`, {
    hint: `List them with \`berth releases ls -a ${scope.stack}\`.`,
  });
}

function toRelease({ scope, record }: History, release: ReleaseRecord): Release {
  const { stackId, version, user, summary, state, createdAt } = release;
  return {
    id: releaseIdOf(stackId, version),
    stack: scope.stack,
    ...{ version, user, summary, createdAt },
    current: record !== null && record.release === version,
    failed: state === 'failed',
  };
}

/** What it runs. */
function effective({ definition, overlays }: ReleaseRecord): Project {
  return withOverlays(definition, overlays);
}

/** The same, to be shown: of contents only whether they differ. */
function compared(release: ReleaseRecord): Project {
  return withContentDigests(effective(release));
}

async function rollback(
  desk: Desk,
  query: string,
  version: number | undefined,
  options: MutationOptions,
  context: CallContext,
): Promise<Mutation<Release>> {
  const record = await desk.findStack(query);
  const scope = desk.scope(record.name);
  const target = version ?? (await before(desk, record));
  await releaseOf(desk, { scope, record }, target);
  return desk.change({
    scope,
    name: 'Stack Rollback',
    intent: { want: 'rollback', version: target, monitorMs: defaultMonitorMs },
    object: (id) => ({ kind: 'stack', id, name: record.name }),
    options,
    context,
    subject: async () => {
      const after = present(await desk.parts.ledger.get(scope), record.name);
      const history = { scope, record: after };
      return toRelease(history, await releaseOf(desk, history, after.release));
    },
  });
}

/**
 * The last one that was deployed before what runs now, so that done again it goes one further back. A rollback that was
 * interrupted is gone on with, not gone behind.
 */
async function before(desk: Desk, { name, release }: StackRecord): Promise<number> {
  const { actions, ledger } = desk.parts;
  const [last] = await actions.list(desk.principal.namespace, { stack: name, limit: 1 });
  const intent = last?.reason === 'interrupted' ? await actions.intent(last.id) : null;
  if (intent?.want === 'rollback') return intent.version;
  const [newest, ...earlier] = await ledger.releases(desk.scope(name));
  if (newest?.state === 'stored' && newest.rollbackOf !== null) return newest.rollbackOf;
  const present = newest?.rollbackOf ?? release;
  const target = earlier.find(({ version, state }) => version < present && state === 'deployed');
  if (target !== undefined) return target.version;
  throw new RefusedError(`${name} has no release before v${present} that was deployed`, {
    hint: `Nothing was changed. Name one: \`berth releases ls -a ${name}\` lists them.`,
  });
}
