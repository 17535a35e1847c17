import { setTimeout } from 'node:timers/promises';
import { printed } from '../../plan/steps.js';
import type {
  Action,
  ActionDetail,
  ActionListOptions,
  ActionLogLine,
  ActionLogOptions,
  ActionsFacet,
} from '../../port/actions.js';
import { RefusedError, UsageError } from '../../port/errors.js';
import { lookup } from '../../port/lookup.js';
import { type CallContext, verb } from '../../port/verb.js';
import { toAction } from '../actions/hand-over.js';
import type { ActionRecord } from '../actions/records.js';
import { retryAction, runAction } from '../actions/resume.js';
import type { Desk } from './desk.js';

/** Actions of the engine backend: kept in the store of the user who ran them. */
export function actionsFacet(desk: Desk): ActionsFacet {
  return {
    list: verb(['limit', 'state', 'stack'], (_request, options) => listActions(desk, options)),
    get: verb([], async ({ action }) => getAction(desk, action)),
    logs: verb(['follow', 'tail'], ({ action }, options, context) => readLog(desk, action, options, context)),
    cancel: verb([], ({ action }, _options, context) => cancelAction(desk, action, context)),
    retry: verb(['wait', 'timeoutMs', 'lockTimeoutMs'], async ({ action }, options, context) =>
      retryAction(desk.parts, await findAction(desk, action), options, context),
    ),
    run: verb([], async ({ action }, _options, context) =>
      runAction(desk.parts, await findAction(desk, action), context),
    ),
  };
}

async function* listActions(desk: Desk, options: ActionListOptions): AsyncIterable<Action> {
  const { limit, state, stack } = options;
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new UsageError(`a limit must be a whole number of 1 or more: ${limit}`);
  }
  const { actions } = desk.parts;
  const { namespace } = desk.principal;
  await actions.failAbandoned(namespace);
  const name = stack === undefined ? undefined : await stackName(desk, stack);
  for (const record of await actions.list(namespace, { limit, state, stack: name })) yield toAction(record);
}

/** A stack that is gone still has its actions, so that a name that is not found is taken as it is. */
async function stackName(desk: Desk, query: string): Promise<string> {
  const records = await desk.parts.ledger.list(desk.principal.namespace);
  return records.find(({ id, name }) => id === query || name === query)?.name ?? query;
}

async function getAction(desk: Desk, query: string): Promise<ActionDetail> {
  const record = await findAction(desk, query);
  const steps = await desk.parts.actions.steps(record.id);
  const faces = printed(steps);
  return {
    ...toAction(record),
    steps: faces.map((face, index) => ({ ...face, state: steps[index]?.state ?? 'pending' })),
  };
}

async function findAction(desk: Desk, query: string): Promise<ActionRecord> {
  const { actions } = desk.parts;
  const { namespace } = desk.principal;
  await actions.failAbandoned(namespace);
  // An action's name is its operation: many have the same, and none is meant by it.
  return lookup('action', query, {
    byIdPrefix: (prefix) => actions.byIdPrefix(namespace, prefix),
    byName: async () => [],
    names: async () => [],
  });
}

async function* readLog(
  desk: Desk,
  query: string,
  options: ActionLogOptions,
  context: CallContext,
): AsyncIterable<ActionLogLine> {
  const { actions, pollMs } = desk.parts;
  const { tail } = options;
  if (tail !== undefined && (!Number.isSafeInteger(tail) || tail < 0)) {
    throw new UsageError(`a number of lines must be a whole number of 0 or more: ${tail}`);
  }
  const { id, namespace } = await findAction(desk, query);
  let last = 0;
  for (let first = true; ; first = false) {
    // Asked before the lines are read: the last line is written before the end.
    await actions.failAbandoned(namespace);
    const ended = (await actions.get(id))?.endedAt !== null;
    const lines = await actions.lines(id, last);
    const shown = first && tail !== undefined ? lines.slice(Math.max(0, lines.length - tail)) : lines;
    for (const { at, text } of shown) yield { at, text };
    last = lines.at(-1)?.sequence ?? last;
    if (ended || options.follow !== true) return;
    const goesOn = await setTimeout(pollMs, true, { signal: context.signal }).catch(() => false);
    if (!goesOn) return;
  }
}

/** How long a runner is waited for that was asked to stop. */
const cancelWaitMs = 10_000;

async function cancelAction(desk: Desk, query: string, { signal }: CallContext): Promise<Action> {
  const { actions, now, pollMs } = desk.parts;
  const { user } = desk.principal;
  const record = await findAction(desk, query);
  const asked = record.endedAt === null && (await actions.cancel(record.id, user));
  if (!asked) {
    throw new RefusedError(`action ${record.id.slice(0, 8)} cannot be canceled: it has ended`, {
      hint: `See \`berth action inspect ${record.id.slice(0, 8)}\`.`,
    });
  }
  const deadlineMs = now() + cancelWaitMs;
  for (;;) {
    const current = (await actions.get(record.id)) ?? record;
    if (current.endedAt !== null || now() >= deadlineMs || signal.aborted) return toAction(current);
    await setTimeout(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
