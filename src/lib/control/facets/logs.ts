import { checkServices, inStack } from '../../plan/preconditions.js';
import { batchesOf, inBatches } from '../../port/batches.js';
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

function read(desk: Desk, source: LogSource, options: LogOptions, context: CallContext): AsyncIterable<LogLine> {
  return inBatches(() => readAll(desk, source, options, context));
}

async function* readAll(
  desk: Desk,
  source: LogSource,
  options: LogOptions,
  context: CallContext,
): AsyncIterable<readonly LogLine[]> {
  const alone = await desk.aloneNames();
  const lines = batchesOf(await linesOf(desk, source, options, context));
  if (alone.size === 0) yield* lines;
  else for await (const batch of lines) yield batch.map((line) => ofService(line, alone));
}

/** The stack of a service that stands alone is only its shell. */
function ofService(line: LogLine, alone: ReadonlySet<string>): LogLine {
  return line.stack !== null && alone.has(line.stack) ? { ...line, stack: null } : line;
}

async function linesOf(
  desk: Desk,
  source: LogSource,
  options: LogOptions,
  context: CallContext,
): Promise<AsyncIterable<LogLine>> {
  const { engine } = desk.parts;
  const { namespace } = desk.principal;
  if (options.tail !== undefined && (!Number.isSafeInteger(options.tail) || options.tail < 0)) {
    throw new UsageError(`the number of lines must be a whole number, 0 or more; got ${options.tail}`);
  }
  if ('container' in source) {
    const task = await findTask(desk, source.container, context);
    const filter = { namespace, all: true, service: task.service, container: task.id };
    return follow(engine, task.stack === null ? filter : { ...filter, stack: task.stack }, options, context);
  }
  if ('service' in source) {
    const { service, scope } = await desk.findService(source.service, undefined, context);
    return follow(engine, { ...scope, service: service.name }, options, context);
  }
  const { name: stack } = await desk.findStack(source.stack);
  const { services = [] } = source;
  if (services.length === 0) return follow(engine, { namespace, stack }, options, context);
  const view = await desk.view(stack, context);
  const known = view === null ? [] : toServices(view).map((service) => service.name);
  checkServices(services, known, inStack({ scope: desk.scope(stack) }));
  const sources = services.map(
    (service) => (signal: AbortSignal) =>
      follow(engine, { namespace, stack, service }, options, { ...context, signal }),
  );
  const windowMs = options.follow === true ? followWindowMs : Infinity;
  return mergeByTime(sources, { windowMs, now: desk.parts.now }, context.signal);
}

/** How long a line waits for earlier ones of other services. */
const followWindowMs = 200;

type LogFilter = Parameters<Engine['logs']>[0];

/** Lines of the engine; followed, over lost connections, none of them lost and none twice. */
function follow(engine: Engine, filter: LogFilter, options: LogOptions, context: CallContext): AsyncIterable<LogLine> {
  if (options.follow !== true || engine.resumesLogs === true) return engine.logs(filter, options, context);
  return resumed(engine, filter, options, context);
}

async function* resumed(
  engine: Engine,
  filter: LogFilter,
  options: LogOptions,
  context: CallContext,
): AsyncIterable<LogLine> {
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
