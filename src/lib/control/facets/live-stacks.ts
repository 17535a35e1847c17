import type { Project } from '../../compose/project.js';
import { knownAlready } from '../../plan/adopt.js';
import { withoutContents } from '../../plan/contents.js';
import { withOverlays, withScale } from '../../plan/overlays.js';
import type { Mutation } from '../../port/actions.js';
import { isBerthError, NotFoundError } from '../../port/errors.js';
import type { Stack, StacksFacet } from '../../port/stacks.js';
import { type CallContext, type MutationOptions, verb } from '../../port/verb.js';
import type { LiveStack } from '../engines/engine.js';
import { toStack } from '../views.js';
import { type Desk, mutationOptions } from './desk.js';

/** `export`; its option `live` where the engine can read a definition from containers. */
export function exportVerb(desk: Desk): NonNullable<StacksFacet['export']> {
  const { engine } = desk.parts;
  return verb(engine.live === undefined ? [] : ['live'], async ({ stack }, options, context) => {
    if (options.live === true) return exportLive(desk, stack, context);
    const { definition, overlays } = await desk.findStack(stack);
    return withoutContents(withScale(withOverlays(definition, overlays), overlays.scale));
  });
}

/** `adopt`, where the engine can read a definition from containers and keep them. */
export function adoptVerb(desk: Desk): Pick<StacksFacet, 'adopt'> {
  const { engine } = desk.parts;
  if (engine.live === undefined || engine.adopt === undefined) return {};
  return { adopt: verb(mutationOptions, ({ name }, options, context) => adopt(desk, name, options, context)) };
}

async function exportLive(desk: Desk, query: string, context: CallContext): Promise<Project> {
  const name = await knownName(desk, query);
  const found = await readLive(desk, name, context);
  if (found === null) throw nothingRuns(name);
  for (const { path, why } of found.unsaid) {
    context.progress?.({ kind: 'stack', name, phase: 'note', status: `${path} cannot be said: ${why}` });
  }
  return withoutContents(found.project);
}

/** That of the stack which is meant, or the text itself: another tool may have deployed it. */
async function knownName(desk: Desk, query: string): Promise<string> {
  try {
    return (await desk.findStack(query)).name;
  } catch (error) {
    if (isBerthError(error) && error.code === 'not_found') return query;
    throw error;
  }
}

async function readLive(desk: Desk, name: string, context: CallContext): Promise<LiveStack | null> {
  return (await desk.parts.engine.live?.(desk.scope(name), context)) ?? null;
}

function nothingRuns(name: string): NotFoundError {
  return new NotFoundError(`nothing runs under the name ${JSON.stringify(name)}`, {
    hint: 'See what docker compose has deployed with `docker compose ls`, and stacks with `berth stack ls`.',
  });
}

async function adopt(
  desk: Desk,
  name: string,
  options: MutationOptions,
  context: CallContext,
): Promise<Mutation<Stack>> {
  const scope = desk.scope(name);
  const record = await desk.parts.ledger.get(scope);
  if (record !== null && record.deployedAt !== null) throw knownAlready(name);
  const found = await readLive(desk, name, context);
  if (found === null) throw record === null ? nothingRuns(name) : knownAlready(name);
  const { project: definition, containers, unsaid } = found;
  return desk.change({
    scope,
    name: 'Stack Adopt',
    intent: { want: 'adopt', definition, containers, unsaid },
    object: (id) => ({ kind: 'stack', id, name }),
    options,
    context,
    subject: async () => {
      const view = await desk.view(name, context);
      return view === null ? null : toStack(view);
    },
  });
}
