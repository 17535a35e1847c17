import { setTimeout } from 'node:timers/promises';
import type { Event, EventListOptions, EventsFacet, Severity } from '../../port/events.js';
import { UsageError } from '../../port/errors.js';
import { type CallContext, verb } from '../../port/verb.js';
import type { ActionEvent } from '../actions/records.js';
import type { EngineEvent } from '../engines/engine.js';
import { interleave } from '../streams/interleave.js';
import { resumableFrom } from '../streams/resumable.js';
import type { Desk } from './desk.js';

/** Events of the engine backend: what happened on the engine, and what became of actions, merged by time. */
export function eventsFacet(desk: Desk): EventsFacet {
  return {
    list: verb(['follow', 'since', 'until', 'tail', 'kind', 'severity'], (_request, options, context) =>
      readEvents(desk, options, context),
    ),
  };
}

/** Actions are asked for so many at a time. */
const page = 500;

/** How far both sources have been read. */
interface Position {
  engine: string | null;
  action: number;
}

async function* readEvents(desk: Desk, options: EventListOptions, context: CallContext): AsyncGenerator<Event> {
  const { follow = false, tail } = options;
  if (tail !== undefined && (!Number.isSafeInteger(tail) || tail < 0)) {
    throw new UsageError(`the number of events must be a whole number, 0 or more; got ${tail}`);
  }
  const isWanted = filterOf(options);
  const alone = new Set(await desk.aloneNames());
  const told = (event: Event): Event => {
    learn(event, alone);
    return withoutShell(event, alone);
  };
  const position: Position = { engine: null, action: 0 };
  const past = (await pastEvents(desk, position, context)).map(told).filter(isWanted);
  const shown = tail === undefined ? past : past.slice(Math.max(0, past.length - tail));
  yield* shown;
  if (!follow) return;
  const untilMs = options.until === undefined ? Infinity : Date.parse(options.until);
  const sources = [
    (signal: AbortSignal) => newOfEngine(desk, position.engine, { ...context, signal }),
    (signal: AbortSignal) => newOfActions(desk, position.action, signal),
  ];
  for await (const event of interleave(sources, until(context.signal, untilMs - desk.parts.now()))) {
    if (isWanted(event)) yield told(event);
  }
}

/** An action on a service alone names it without a stack. */
function learn({ object, parents, details }: Event, alone: Set<string>): void {
  const isService = object.kind === 'service' && Object.hasOwn(details, 'action');
  if (isService && parents.some(({ name }) => name === object.name)) alone.add(object.name);
}

/** The stack that holds a service alone is only its shell. */
function withoutShell(event: Event, alone: ReadonlySet<string>): Event {
  const shell = event.parents.find(({ kind, name }) => kind === 'stack' && alone.has(name));
  if (shell === undefined) return event;
  const { object } = event;
  const own = object.name.endsWith(`.${shell.name}`) ? object.name.slice(0, -shell.name.length - 1) : object.name;
  return {
    ...event,
    object: { ...object, name: own, id: object.id === object.name ? own : object.id },
    parents: event.parents.filter((parent) => parent !== shell),
  };
}

/** What has happened until now, by time; moves the position along. */
async function pastEvents(desk: Desk, position: Position, context: CallContext): Promise<Event[]> {
  const { engine, actions } = desk.parts;
  const { namespace } = desk.principal;
  const found: Event[] = [];
  for await (const event of engine.events(null, { follow: false }, context)) {
    position.engine = event.cursor;
    if (isOurs(event, namespace)) found.push(fromEngine(event));
  }
  for (;;) {
    const events = await actions.events(namespace, position.action, page);
    for (const event of events) found.push(fromAction(event));
    position.action = events.at(-1)?.sequence ?? position.action;
    if (events.length < page) break;
  }
  return found.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

/** Goes on over lost connections from the last event that came. */
async function* newOfEngine(desk: Desk, after: string | null, context: CallContext): AsyncGenerator<Event> {
  const { engine } = desk.parts;
  const events = resumableFrom<EngineEvent>(
    ({ cursor }) => cursor,
    (last) => engine.events(last ?? after, { follow: true }, context),
    { signal: context.signal },
  );
  for await (const event of events) if (isOurs(event, desk.principal.namespace)) yield fromEngine(event);
}

/** The store tells nobody when something is written: it is asked. */
async function* newOfActions(desk: Desk, after: number, signal: AbortSignal): AsyncGenerator<Event> {
  const { actions, pollMs } = desk.parts;
  for (let last = after; ;) {
    const events = await actions.events(desk.principal.namespace, last, page);
    for (const event of events) yield fromAction(event);
    last = events.at(-1)?.sequence ?? last;
    const goesOn = await setTimeout(pollMs, true, { signal }).catch(() => false);
    if (!goesOn) return;
  }
}

/** Longer than any timer can wait. */
const longestTimerMs = 2 ** 31 - 1;

/** A signal that also aborts when so many milliseconds have passed. */
function until(signal: AbortSignal, leftMs: number): AbortSignal {
  if (leftMs > longestTimerMs) return signal;
  return AbortSignal.any([signal, AbortSignal.timeout(Math.max(0, leftMs))]);
}

/** Nodes belong to everybody. */
function isOurs({ namespace }: EngineEvent, own: string): boolean {
  return namespace === own || namespace === '';
}

const grades: readonly Severity[] = ['cleared', 'debug', 'info', 'warning', 'error', 'critical'];

function filterOf({ since, until, kind, severity }: EventListOptions): (event: Event) => boolean {
  const sinceMs = since === undefined ? -Infinity : Date.parse(since);
  const untilMs = until === undefined ? Infinity : Date.parse(until);
  const least = severity === undefined ? 0 : grades.indexOf(severity);
  return (event) => {
    const atMs = Date.parse(event.at);
    if (atMs < sinceMs || atMs >= untilMs || grades.indexOf(event.severity) < least) return false;
    return kind === undefined || (isAction(event) ? kind === 'action' : event.object.kind === kind);
  };
}

function isAction({ details }: Event): boolean {
  return Object.hasOwn(details, 'action');
}

function fromEngine({ cursor, at, stack, kind, name, verb: word, message }: EngineEvent): Event {
  const qualified = stack === '' || kind === 'node' ? name : `${name}.${stack}`;
  const known = kind === 'service' || kind === 'container' || kind === 'node';
  return {
    id: `engine-${cursor}`,
    at,
    verb: word,
    // Engines name what has gone, and give no id of it.
    object: { kind: known ? kind : 'other', id: qualified, name: qualified },
    parents: stack === '' ? [] : [{ kind: 'stack', id: stack, name: stack }],
    state: null,
    severity: severityOf(word, message),
    message,
    details: known ? {} : { kind },
  };
}

function severityOf(word: string, message: string | null): Severity {
  if (word === 'die') return /\b0$/.test(message ?? '') ? 'info' : 'error';
  if (word === 'health_status: unhealthy') return 'warning';
  return word === 'down' ? 'error' : 'info';
}

const actionGrades: Partial<Record<ActionEvent['state'], Severity>> = { Failed: 'error', Canceled: 'warning' };

function fromAction({ sequence, at, state, reason, action }: ActionEvent): Event {
  return {
    id: `action-${sequence}`,
    at,
    verb: state === 'Pending' ? 'create' : 'update',
    object: action.object,
    parents: action.object.kind === 'stack' ? [] : [{ kind: 'stack', id: action.stack, name: action.stack }],
    state,
    severity: actionGrades[state] ?? 'info',
    message: [`${action.name} by ${action.user}`, ...(reason === null ? [] : [reason])].join(': '),
    details: { action: action.id },
  };
}
