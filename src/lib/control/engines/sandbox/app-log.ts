import { draw, drawBetween } from './draw.js';
import { signalOf } from './signals.js';
import type { Run, TaskState } from './state.js';

/** What a pretended process writes. */
export interface AppLine {
  readonly atMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** At first a line about every five sandbox seconds; after the first minutes one every half minute. */
const livelyLines = 60;
const livelyMs = 5_000;
const calmMs = 30_000;
const openingMs = 80;

/** The lines of one run that come while it runs: a banner, opening lines, then work without end. */
export function bodyLine(task: TaskState, run: Run, index: number): AppLine {
  const atMs = bodyTimeMs(task, run, index);
  if (index === 0) {
    const what = run.number === 1 ? 'pretending to run' : `restart ${run.number - 1}: pretending to run`;
    return { atMs, stream: 'stdout', text: `[sandbox] ${what} ${task.spec.image} on ${task.node ?? 'no node'}` };
  }
  const voice = voiceOf(task);
  const opening = voice.opening[index - 1];
  const tell = (salt: string, low: number, high: number): number =>
    drawBetween(low, high, task.id, run.number, index, salt);
  const text = opening ?? voice.work({ index, tell });
  return { atMs, stream: voice.stream, text: voice.stamp(atMs) + text };
}

/** How many of those lines there are at `untilMs` (included); none come at or after the end of the run, but the first. */
export function bodyCount(task: TaskState, run: Run, untilMs: number): number {
  const lastMs = run.endMs === null ? untilMs : Math.min(untilMs, run.endMs - 1);
  if (untilMs < run.startMs) return 0;
  let low = 1;
  let high = 2;
  while (bodyTimeMs(task, run, high) <= lastMs) {
    low = high;
    high *= 2;
  }
  // bodyTimeMs never falls as the index grows, so the count can be searched for.
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (bodyTimeMs(task, run, middle) <= lastMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The lines at the end of a run that has ended. */
export function closingLines(task: TaskState, { endMs, end, exitCode }: Run): readonly AppLine[] {
  if (endMs === null || end === null || end === 'lost') return [];
  const voice = voiceOf(task);
  const line = (text: string, stream = voice.stream): AppLine => ({
    atMs: endMs,
    stream,
    text: voice.stamp(endMs) + text,
  });
  if (end === 'signal') {
    const signal = signalOf(exitCode ?? 0);
    if (signal === 'SIGKILL') return [{ atMs: endMs, stream: 'stderr', text: '[sandbox] killed' }];
    return [line(`received ${signal ?? 'a signal'}, shutting down`), line('bye')];
  }
  if (end === 'stop') return [line('received SIGTERM, shutting down'), line('bye')];
  if (end === 'kill') return [{ atMs: endMs, stream: 'stderr', text: '[sandbox] ignored SIGTERM: killed' }];
  if (exitCode === 0) return [line('work done, exiting')];
  const told: AppLine = { atMs: endMs, stream: 'stderr', text: `[sandbox] fault: exit code ${exitCode ?? 0}` };
  return [line('fatal: unexpected failure, giving up', 'stderr'), told];
}

function bodyTimeMs(task: TaskState, run: Run, index: number): number {
  let atMs = run.startMs + Math.floor(bodyOffsetMs(task, run, index) / run.speed);
  // What would have come in a pause comes after it; a line of the very moment it began had come before.
  for (const { fromMs, toMs } of run.pauses) {
    if (atMs > fromMs) atMs += (toMs ?? Infinity) - fromMs;
  }
  return atMs;
}

/** Sandbox milliseconds from the start. */
function bodyOffsetMs(task: TaskState, run: Run, index: number): number {
  const openings = voiceOf(task).opening.length;
  if (index <= openings) return index * openingMs;
  const turn = index - openings - 1;
  const calm = Math.max(0, turn - livelyLines);
  const base = (openings + 1) * openingMs + Math.min(turn, livelyLines) * livelyMs + calm * calmMs;
  const period = calm > 0 ? calmMs : livelyMs;
  return base + Math.floor(draw(task.id, run.number, index) * period * 0.8);
}

interface Voice {
  readonly stream: 'stdout' | 'stderr';
  readonly opening: readonly string[];
  readonly stamp: (atMs: number) => string;
  readonly work: (turn: {
    readonly index: number;
    /** A whole number between two others, the same at every reading of the line. */
    readonly tell: (salt: string, low: number, high: number) => number;
  }) => string;
}

const paths = ['/', '/', '/health', '/static/app.js', '/static/style.css', '/api/items', '/favicon.ico'];
const statuses = [200, 200, 200, 200, 304, 404];

const noStamp = (): string => '';
const isoStamp = (atMs: number): string => `${new Date(atMs).toISOString()} `;

const redis: Voice = {
  stream: 'stdout',
  opening: ['loading data from /data', 'data loaded', 'listening on port 6379'],
  stamp: (atMs) => `1:M ${new Date(atMs).toISOString().replace('T', ' ').replace('Z', '')} * `,
  work: ({ tell }) =>
    tell('kind', 0, 1) === 0
      ? `${tell('changes', 1, 120)} changes in ${tell('seconds', 5, 60)} seconds, saving in the background`
      : `background save ended, ${tell('kb', 40, 900)} KB written`,
};

const database: Voice = {
  stream: 'stderr',
  opening: ['starting database server', 'database files are consistent', 'ready for connections'],
  stamp: (atMs) => `${new Date(atMs).toISOString().replace('T', ' ').replace('Z', ' UTC')} [1] LOG:  `,
  work: ({ tell }) =>
    tell('kind', 0, 1) === 0
      ? `checkpoint: ${tell('buffers', 1, 200)} buffers written in ${tell('ms', 10, 900)} ms`
      : `statement took ${tell('ms', 1, 80)} ms, ${tell('rows', 0, 40)} rows`,
};

const web: Voice = {
  stream: 'stdout',
  opening: ['server starting', 'accepting connections'],
  stamp: isoStamp,
  work: ({ tell }) => {
    const path = paths[tell('path', 0, paths.length - 1)] ?? '/';
    const status = statuses[tell('status', 0, statuses.length - 1)] ?? 200;
    const client = `10.0.${tell('net', 0, 3)}.${tell('host', 2, 250)}`;
    return `${client} "GET ${path} HTTP/1.1" ${status} ${tell('bytes', 120, 9000)} ${tell('ms', 1, 90)}ms`;
  },
};

const worker: Voice = {
  stream: 'stdout',
  opening: ['starting', 'ready'],
  stamp: noStamp,
  work: ({ index, tell }) => `processed item ${index} in ${tell('ms', 2, 250)} ms`,
};

/** Images and services that publish a port speak as what they most likely are. */
function voiceOf({ spec }: TaskState): Voice {
  const name = spec.image.slice(spec.image.lastIndexOf('/') + 1);
  if (/redis|valkey|memcached/.test(name)) return redis;
  if (/postgres|postgis|mysql|mariadb|mongo/.test(name)) return database;
  if (/nginx|httpd|caddy|traefik|haproxy|apache/.test(name)) return web;
  return spec.ports.length > 0 ? web : worker;
}
