import { UsageError } from '../../../port/errors.js';
import type { LogLine, LogOptions } from '../../../port/logs.js';
import type { TaskFilter } from '../engine.js';
import { type LogCursor, mergeByTime, openCursor, readLines } from './log-reader.js';
import { isAborted, matches, type SandboxReader } from './reader.js';
import { taskName } from './scheduler/world.js';
import type { TaskState } from './state.js';
import { compareTasks } from './view.js';

type LogFilter = TaskFilter & { readonly container?: string };

/**
 * Lines of the containers of the filter, merged by time; they are worked out from the runs of the containers, not kept.
 * A container that ends while it is followed tells its end. An abort ends it without an error.
 *
 * @throws UsageError when `since` or `until` is no time.
 */
export async function* readLogs(
  reader: SandboxReader,
  filter: LogFilter,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const sinceMs = options.since === undefined ? -Infinity : timeOf(options.since, 'since');
  const endMs = options.until === undefined ? Infinity : timeOf(options.until, 'until') - 1;
  const cursors = new Map<string, LogCursor>();
  let newest = 0;
  let first = true;
  for (;;) {
    if (signal.aborted) return;
    const nowMs = reader.now();
    const state = await reader.look();
    const { tasks } = state;
    // Another process's clock may be ahead of ours; what it has written down has happened.
    const untilMs = Math.min(Math.max(nowMs, state.nowMs), endMs);
    const followed = tasks.filter((task) => isWanted(task, filter, first ? undefined : { cursors, newest }));
    for (const task of followed.sort(compareTasks)) {
      if (cursors.has(task.id)) continue;
      // `tail` counts what is there at the start; what comes later is all shown.
      cursors.set(task.id, openCursor(task, { sinceMs, untilMs }, first ? options.tail : undefined));
    }
    newest = tasks.reduce((highest, { order }) => Math.max(highest, order), newest);
    for (const line of linesOf(followed, cursors, untilMs)) {
      if (isAborted(signal)) return;
      yield line;
    }
    forget(cursors, tasks);
    first = false;
    if (options.follow !== true || nowMs > endMs || !(await reader.pause(signal))) return;
  }
}

/** Once reading has begun, containers that are being read, and those made since, stay wanted when they have ended. */
function isWanted(
  task: TaskState,
  filter: LogFilter,
  begun: { readonly cursors: ReadonlyMap<string, LogCursor>; readonly newest: number } | undefined,
): boolean {
  const { container } = filter;
  if (container !== undefined && task.id !== container && taskName(task) !== container) return false;
  const known = begun !== undefined && (begun.cursors.has(task.id) || task.order > begun.newest);
  return matches(task, known ? { ...filter, all: true } : filter);
}

function* linesOf(
  tasks: readonly TaskState[],
  cursors: ReadonlyMap<string, LogCursor>,
  untilMs: number,
): Generator<LogLine> {
  const streams = tasks.flatMap((task) => {
    const cursor = cursors.get(task.id);
    return cursor === undefined ? [] : [readLines(task, cursor, untilMs)];
  });
  for (const { line } of mergeByTime(streams)) yield line;
}

/** Nobody asks again for containers that the sandbox has forgotten. */
function forget(cursors: Map<string, LogCursor>, tasks: readonly TaskState[]): void {
  const known = new Set(tasks.map(({ id }) => id));
  for (const id of cursors.keys()) {
    if (!known.has(id)) cursors.delete(id);
  }
}

function timeOf(text: string, option: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new UsageError(`${option}: "${text}" is no RFC 3339 time`);
  return time;
}
