import { once } from 'node:events';
import http from 'node:http';
import readline from 'node:readline';
import * as v from 'valibot';
import type { BorrowedEngine } from './engines.js';

/** One thing that happened to a container; `health_status: healthy` is `healthy`. */
export interface Happening {
  /** By the daemon's clock, since 1970. */
  readonly atMs: number;
  readonly what: string;
  readonly id: string;
  readonly image: string;
  readonly name: string;
}

export interface Timeline {
  /** What has happened so far, oldest first. */
  readonly happenings: readonly Happening[];
  readonly stop: () => void;
}

const event = v.object({
  Action: v.string(),
  timeNano: v.number(),
  Actor: v.object({ ID: v.string(), Attributes: v.object({ name: v.string(), image: v.string() }) }),
});

const told: ReadonlySet<string> = new Set(['create', 'start', 'healthy', 'unhealthy', 'kill', 'die', 'destroy']);

/** Writes down what happens to containers of that Docker from now on (`GET /events`, Engine API 1.41). */
export async function openTimeline(
  { host }: BorrowedEngine,
  onHappening?: (one: Happening) => void,
): Promise<Timeline> {
  const happenings: Happening[] = [];
  const filters = encodeURIComponent(JSON.stringify({ type: ['container'] }));
  const request = http.get({ socketPath: new URL(host).pathname, path: `/events?filters=${filters}` });
  request.on('error', () => undefined);
  const [response]: http.IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no answer');
  response.on('error', () => undefined);
  const lines = readline.createInterface(response);
  // It is told of a daemon that ends, or of `stop`, too.
  lines.on('error', () => undefined);
  lines.on('line', (line) => {
    const { Action: action, timeNano, Actor: actor } = v.parse(event, JSON.parse(line));
    const what = action.replace('health_status: ', '');
    if (!told.has(what)) return;
    const { name, image } = actor.Attributes;
    const one = { atMs: timeNano / 1e6, what, id: actor.ID, image, name };
    happenings.push(one);
    onHappening?.(one);
  });
  return { happenings, stop: () => request.destroy() };
}

/** How long after each other the containers of an image were started, in milliseconds. */
export function startGaps({ happenings }: Timeline, image: string): readonly number[] {
  const starts = happenings.filter((one) => one.what === 'start' && one.image === image).map(({ atMs }) => atMs);
  return starts.slice(1).map((atMs, index) => atMs - (starts[index] ?? 0));
}

/** The fewest containers that ran at once while they were replaced, where so many ran before. */
export function fewestUp({ happenings }: Timeline, before: number): number {
  let [up, fewest] = [before, before];
  for (const { what } of happenings) {
    if (what === 'start') up += 1;
    if (what === 'die') up -= 1;
    fewest = Math.min(fewest, up);
  }
  return fewest;
}

/** The most that ran at once. */
export function mostUp({ happenings }: Timeline, before: number): number {
  let [up, most] = [before, before];
  for (const { what } of happenings) {
    if (what === 'start') up += 1;
    if (what === 'die') up -= 1;
    most = Math.max(most, up);
  }
  return most;
}
