import fs from 'node:fs';
import path from 'node:path';
import type { Action } from '../../port/actions.js';
import type { Backend } from '../../port/backend.js';
import { gate } from '../../port/gate.js';
import type { CallContext } from '../../port/verb.js';
import { duration } from '../../ui/human.js';
import type { Check } from '../../ui/views/doctor.js';
import { selectBackend } from '../backend-selection.js';
import { openBackend } from '../backends.js';
import type { Runtime } from '../runtime.js';
import { failed, failedBy, ok, skipped, warning } from './outcome.js';

/** How long a backend has to answer, in milliseconds. */
const patienceMs = 10_000;

/**
 * Opens the backend and asks it something: whether it answers, what is being changed, and what was left half done. Where
 * there is no store yet none is made.
 *
 * @param known what was found to be in the way of the engine backend; undefined for nothing.
 */
export async function checkReach(
  flag: string | undefined,
  known: string | undefined,
  runtime: Runtime,
): Promise<readonly Check[]> {
  const obstacle = obstacleOf(flag, known, runtime);
  if (obstacle !== undefined) return ['engine', 'locks', 'actions'].map((name) => skipped(name, obstacle));
  let backend: Backend;
  try {
    ({ backend } = await openBackend(flag, runtime));
  } catch (error) {
    return [failedBy('engine', error), ...['locks', 'actions'].map((name) => skipped(name, 'no backend was reached'))];
  }
  const late = AbortSignal.timeout(patienceMs);
  const context = { signal: AbortSignal.any([runtime.signal, late]) };
  try {
    const engine = await checkAnswer(backend, late, context, runtime);
    return [engine, ...(await checkActions(backend, context, runtime))];
  } finally {
    await backend.close();
  }
}

function obstacleOf(flag: string | undefined, known: string | undefined, runtime: Runtime): string | undefined {
  try {
    if (selectBackend(flag, runtime.env, runtime.settings).backend !== 'engine') return undefined;
  } catch {
    return 'no backend can be chosen';
  }
  if (known !== undefined) return known;
  const hasStore = fs.existsSync(path.join(runtime.home, 'berth.db'));
  return hasStore ? undefined : 'there is no store yet: nothing was deployed from here';
}

async function checkAnswer(
  backend: Backend,
  late: AbortSignal,
  context: CallContext,
  runtime: Runtime,
): Promise<Check> {
  const began = runtime.now();
  try {
    let stacks = 0;
    for await (const _stack of gate(backend, 'stacks', 'list')({}, {}, context)) stacks++;
    const down = backend.facets.nodes?.list === undefined ? [] : await nodesDown(backend, context);
    const took = `${backend.description} answers in ${runtime.now() - began} ms`;
    const message = `${took}: ${stacks} ${stacks === 1 ? 'stack' : 'stacks'}`;
    if (down.length === 0) return ok('engine', message);
    const hint = 'Look after those machines; `berth container ps` shows what runs where.';
    return warning('engine', `${took}, but does not reach ${down.join(', ')}`, hint);
  } catch (error) {
    if (!late.aborted) return failedBy('engine', error);
    const hint = 'Check the network, and whether it runs.';
    return failed('engine', `${backend.description} did not answer in ${patienceMs / 1000} s`, hint);
  }
}

async function nodesDown(backend: Backend, context: CallContext): Promise<readonly string[]> {
  const down: string[] = [];
  for await (const { name, state } of gate(backend, 'nodes', 'list')({}, {}, context)) {
    if (state === 'Unreachable') down.push(name);
  }
  return down;
}

async function checkActions(backend: Backend, context: CallContext, runtime: Runtime): Promise<readonly Check[]> {
  if (backend.facets.actions?.list === undefined) {
    return ['locks', 'actions'].map((name) => skipped(name, `${backend.description} tells of no actions`));
  }
  try {
    const actions: Action[] = [];
    for await (const action of gate(backend, 'actions', 'list')({}, { limit: 200 }, context)) actions.push(action);
    return [locks(actions, runtime.now()), leftovers(actions), ...ahead(actions, runtime.now())];
  } catch (error) {
    return [failedBy('actions', error)];
  }
}

/** An action that takes longer than this, in milliseconds, is worth a look. */
const longMs = 15 * 60_000;

/** What is being changed now: an action that has not ended holds its stack. */
export function locks(actions: readonly Action[], now: number): Check {
  const open = actions.filter(({ endedAt }) => endedAt === null);
  if (open.length === 0) return ok('locks', 'nothing is being changed');
  const [oldest] = open.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  const held = open.map((action) => described(action, now)).join('; ');
  if (oldest === undefined || now - Date.parse(oldest.startedAt) < longMs) return ok('locks', held);
  const id = oldest.id.slice(0, 8);
  return warning('locks', held, `See \`berth action logs ${id}\`; \`berth action cancel ${id}\` ends it.`);
}

function described({ id, name, object, state, user, startedAt }: Action, now: number): string {
  const age = duration(Math.max(0, now - Date.parse(startedAt)));
  return `${name} of ${object.name} by ${user}: ${state.toLowerCase()} for ${age} (action ${id.slice(0, 8)})`;
}

/** Actions that were interrupted, and that no later one of the same object has made up for. */
export function leftovers(actions: readonly Action[]): Check {
  const newest = new Map<string, Action>();
  for (const action of actions) {
    const key = `${action.object.kind} ${action.object.name}`;
    const known = newest.get(key);
    if (known === undefined || known.startedAt < action.startedAt) newest.set(key, action);
  }
  const left = [...newest.values()].filter(({ state, reason }) => state === 'Failed' && reason === 'interrupted');
  const [first] = left;
  if (first === undefined) return ok('actions', 'none was left half done');
  const names = left.map(({ id, name, object }) => `${name} of ${object.name} (action ${id.slice(0, 8)})`);
  const way = `\`berth action retry ${first.id.slice(0, 8)}\` goes on with it, or run the command again.`;
  return warning('actions', `interrupted: ${names.join('; ')}`, way);
}

/** The clock of this machine, by what was written down before. */
function ahead(actions: readonly Action[], now: number): readonly Check[] {
  const tolerated = 60_000;
  const latest = Math.max(...actions.map(({ startedAt }) => Date.parse(startedAt)), 0);
  if (latest <= now + tolerated) return [];
  const message = `it is ${new Date(now).toISOString()} here, but an action began at ${new Date(latest).toISOString()}`;
  return [warning('clock', message, 'Set the clock of this machine: leases and logs go by it.')];
}
