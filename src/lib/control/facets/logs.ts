import { checkServices, inStack } from '../../plan/preconditions.js';
import { UsageError } from '../../port/errors.js';
import type { LogLine, LogOptions, LogsFacet, LogSource } from '../../port/logs.js';
import { type CallContext, verb } from '../../port/verb.js';
import { toServices } from '../views.js';
import { findTask } from './containers.js';
import type { Engine } from '../engines/engine.js';
import { mergeByTime } from '../streams/merge.js';
import { resumable } from '../streams/resumable.js';
import type { Desk } from './desk.js';

/** Logs of the containers of the engine backend. */
export function logsFacet(desk: Desk): LogsFacet {
  return {
    read: verb(['follow', 'tail', 'since', 'until'], (source, options, context) =>
      read(desk, source, options, context),
    ),
  };
}

async function* read(desk: Desk, source: LogSource, options: LogOptions, context: CallContext): AsyncIterable<LogLine> {
  const alone = await desk.aloneNames();
  for await (const line of readAll(desk, source, options, context)) {
    yield line.stack !== null && alone.has(line.stack) ? { ...line, stack: null } : line;
  }
}

async function* readAll(
  desk: Desk,
  source: LogSource,
  options: LogOptions,
  context: CallContext,
): AsyncIterable<LogLine> {
  const { engine } = desk.parts;
  const { namespace } = desk.principal;
  if (options.tail !== undefined && (!Number.isSafeInteger(options.tail) || options.tail < 0)) {
    throw new UsageError(`the number of lines must be a whole number, 0 or more; got ${options.tail}`);
  }
  if ('container' in source) {
    const task = await findTask(desk, source.container, context);
    const filter = { namespace, all: true, service: task.service, container: task.id };
    yield* follow(engine, task.stack === null ? filter : { ...filter, stack: task.stack }, options, context);
    return;
  }
  if ('service' in source) {
    const { service, scope } = await desk.findService(source.service, undefined, context);
    yield* follow(engine, { ...scope, service: service.name }, options, context);
    return;
  }
  const { name: stack } = await desk.findStack(source.stack);
  const { services = [] } = source;
  if (services.length === 0) {
    yield* follow(engine, { namespace, stack }, options, context);
    return;
  }
  const view = await desk.view(stack, context);
  const known = view === null ? [] : toServices(view).map((service) => service.name);
  checkServices(services, known, inStack({ scope: desk.scope(stack) }));
  const sources = services.map(
    (service) => (signal: AbortSignal) =>
      follow(engine, { namespace, stack, service }, options, { ...context, signal }),
  );
  const windowMs = options.follow === true ? followWindowMs : Infinity;
  yield* mergeByTime(sources, { windowMs, now: desk.parts.now }, context.signal);
}

/** How long a line waits for earlier ones of other services. */
const followWindowMs = 200;

type LogFilter = Parameters<Engine['logs']>[0];

/** Lines of the engine; followed, over lost connections, none of them lost and none twice. */
async function* follow(
  engine: Engine,
  filter: LogFilter,
  options: LogOptions,
  context: CallContext,
): AsyncIterable<LogLine> {
  if (options.follow !== true) {
    yield* engine.logs(filter, options, context);
    return;
  }
  const { tail: _tail, ...others } = options;
  // A connection that was lost before its first line goes on from here, by the engine's clock.
  const { at } = await engine.observe({ namespace: filter.namespace, stack: filter.stack ?? '' }, context);
  let opened = false;
  const open = (since: string | undefined): AsyncIterable<LogLine> => {
    const again = opened;
    opened = true;
    if (!again) return engine.logs(filter, options, context);
    return engine.logs(filter, { ...others, since: since ?? at }, context);
  };
  yield* resumable(open, {
    signal: context.signal,
    onLost: ({ message }, waitMs) => {
      const status = `${message}; trying again in ${Math.ceil(waitMs / 1000)} s`;
      context.progress?.({ kind: 'stack', name: filter.stack ?? '', phase: 'note', status });
    },
  });
}
