import type { LogLine } from '../../../port/logs.js';
import { bodyCount, bodyLine, closingLines, type AppLine } from './app-log.js';
import { taskName } from './scheduler/world.js';
import type { Run, TaskState } from './state.js';

/** How far the log of one container has been read. Counted in lines, since a run may turn out to have ended earlier. */
export interface LogCursor {
  /** Number of the run. */
  run: number;
  /** Lines of it read so far, those at its end left out. */
  read: number;
  /** Lines at its end to leave out. */
  skip: number;
}

export interface TimedLine {
  readonly atMs: number;
  readonly line: LogLine;
}

export interface LogRange {
  /** Milliseconds since 1970, included. */
  readonly sinceMs: number;
  /** Included. */
  readonly untilMs: number;
}

/** The start of a container's log, or so near its end that `tail` lines follow within the range. */
export function openCursor(task: TaskState, { sinceMs, untilMs }: LogRange, tail: number | undefined): LogCursor {
  const first = task.runs.find(({ endMs }) => endMs === null || endMs >= sinceMs);
  if (first === undefined) return { run: (task.runs.at(-1)?.number ?? 0) + 1, read: 0, skip: 0 };
  const start = { run: first.number, read: bodyCount(task, first, sinceMs - 1), skip: 0 };
  if (tail === undefined) return start;
  let missing = tail;
  for (const run of [...task.runs].reverse()) {
    if (run.number < start.run) break;
    const from = run.number === start.run ? start.read : 0;
    const body = bodyCount(task, run, untilMs);
    const closing = endedBy(run, untilMs) ? closingLines(task, run).length : 0;
    const over = body - from + closing - missing;
    if (over >= 0) return { run: run.number, read: Math.min(body, from + over), skip: Math.max(0, from + over - body) };
    missing -= body - from + closing;
  }
  return start;
}

/** The lines from the cursor on, up to the end of the range; moves the cursor along. */
export function* readLines(task: TaskState, cursor: LogCursor, untilMs: number): Generator<TimedLine> {
  for (const run of task.runs) {
    if (run.number < cursor.run) continue;
    if (run.number > cursor.run) Object.assign(cursor, { run: run.number, read: 0, skip: 0 });
    const count = bodyCount(task, run, untilMs);
    while (cursor.read < count) yield toLogLine(task, bodyLine(task, run, cursor.read++));
    if (!endedBy(run, untilMs)) return;
    const closing = closingLines(task, run).slice(cursor.skip);
    Object.assign(cursor, { run: run.number + 1, read: 0, skip: 0 });
    for (const line of closing) yield toLogLine(task, line);
  }
}

function endedBy({ endMs }: Run, untilMs: number): boolean {
  return endMs !== null && endMs <= untilMs;
}

function toLogLine(task: TaskState, { atMs, stream, text }: AppLine): TimedLine {
  const { stack, name: service } = task;
  return { atMs, line: { at: new Date(atMs).toISOString(), stack, service, container: taskName(task), stream, text } };
}

/** Merges streams that are each in order of time; at the same time the earlier stream comes first. */
export function* mergeByTime<T extends { readonly atMs: number }>(streams: readonly Iterator<T>[]): Generator<T> {
  const heads = streams.map((stream) => ({ stream, head: stream.next() }));
  for (;;) {
    let earliest: (typeof heads)[number] | undefined;
    let value: T | undefined;
    for (const candidate of heads) {
      if (candidate.head.done === true) continue;
      if (value === undefined || candidate.head.value.atMs < value.atMs) {
        earliest = candidate;
        value = candidate.head.value;
      }
    }
    if (earliest === undefined || value === undefined) return;
    yield value;
    earliest.head = earliest.stream.next();
  }
}
