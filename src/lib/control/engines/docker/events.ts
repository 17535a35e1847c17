import * as v from 'valibot';
import type { StackScope } from '../../../plan/resources.js';
import { UnreachableError, UsageError } from '../../../port/errors.js';
import type { CallContext } from '../../../port/verb.js';
import type { EngineApi } from '../engine-api/api.js';
import type { EngineEvent } from '../engine.js';
import { type DockerEvent, readEvent, toEngineEvent } from './events-decode.js';
import { engineTime } from './logs-time.js';

export interface EventParts {
  readonly api: EngineApi;
  /** All stacks of the daemon: events of networks and volumes tell names only, and are theirs by these. */
  readonly stacks: (signal: AbortSignal) => Promise<readonly StackScope[]>;
  /** Whose a container is that was taken over: nothing on it tells. Null for one that was not. */
  readonly adopted: (id: string) => (StackScope & { readonly name: string }) | null;
}

/**
 * What happened to the containers, networks and volumes of berth's stacks: of the last 256 events that the daemon keeps,
 * those after the cursor. With `follow`, until the signal aborts; an abort ends it without an error. What `exec` and health
 * checks do is left out, but for the changes of a container's health.
 *
 * @param after null is from the oldest on.
 * @throws UsageError when it is no cursor; UnreachableError when the connection is lost: whoever reads goes on after the
 *   last cursor, and misses nothing that the daemon still keeps.
 */
export async function* readEvents(
  parts: EventParts,
  after: string | null,
  { follow }: { readonly follow: boolean },
  { signal }: CallContext,
): AsyncGenerator<EngineEvent> {
  const { api } = parts;
  const place = after === null ? null : placeOf(after);
  const owners = new Owners(parts, signal);
  try {
    const since = place === null ? '1' : secondsOf(place.nanoseconds - roundedBy);
    const until = follow ? undefined : await daemonTime(api, signal);
    const query = {
      since,
      ...(until !== undefined && { until }),
      filters: { type: ['container', 'network', 'volume'] },
    };
    const raw = api.jsonLines({ method: 'GET', path: '/events', query }, signal);
    for await (const event of numbered(raw, place)) {
      const told = toEngineEvent(event, await owners.of(event));
      if (told !== null) yield told;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  if (follow && !signal.aborted) throw new UnreachableError(`${api.description} has ended its stream of events`);
}

/** Numbers in JSON are this exact where they count nanoseconds since 1970. */
const roundedBy = 256n;

interface Place {
  readonly nanoseconds: bigint;
  readonly cursor: string;
}

function placeOf(cursor: string): Place {
  const [, nanoseconds] = /^(\d{1,20})\/[^/]+\/\d{1,9}$/.exec(cursor) ?? [];
  if (nanoseconds === undefined) throw new UsageError(`${JSON.stringify(cursor)} is no place among Docker's events`);
  return { nanoseconds: BigInt(nanoseconds), cursor };
}

function secondsOf(nanoseconds: bigint): string {
  const digits = String(nanoseconds < 0n ? 0n : nanoseconds).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** Events with their cursors, from behind the place on. Events of the same time and thing are told apart by number. */
async function* numbered(raw: AsyncIterable<unknown>, place: Place | null): AsyncGenerator<DockerEvent> {
  let time = '';
  const counts = new Map<string, number>();
  /** Of the time of the place, before it: where the daemon has dropped the event of the place they are new. */
  let held: DockerEvent[] | null = place === null ? null : [];
  for await (const value of raw) {
    const read = readEvent(value);
    if (read === null) continue;
    if (read.timeNano !== time) counts.clear();
    time = read.timeNano;
    const number = counts.get(read.id) ?? 0;
    counts.set(read.id, number + 1);
    const event = { ...read, cursor: `${time}/${encodeURIComponent(read.id)}/${number}` };
    if (place === null || held === null) {
      yield event;
      continue;
    }
    const order = BigInt(time) - place.nanoseconds;
    if (order < 0n) continue;
    if (event.cursor === place.cursor) {
      held = null;
    } else if (order === 0n) {
      held.push(event);
    } else {
      yield* held;
      held = null;
      yield event;
    }
  }
  if (held !== null) yield* held;
}

/** How often the stacks are listed before a network or volume is taken for nobody's. */
const looks = 3;

/** Finds the stack that a network or volume is named after. */
class Owners {
  readonly #parts: EventParts;
  readonly #signal: AbortSignal;
  #stacks: readonly StackScope[] | undefined;

  constructor(parts: EventParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  async of(event: DockerEvent): Promise<(StackScope & { readonly name: string }) | null> {
    if (event.kind === 'container') return this.#parts.adopted(event.id);
    const known = this.#find(event.name);
    // Berth's own volumes are many.
    if (known !== null || event.name.startsWith('berth_')) return known;
    // A list of volumes is no moment: a register that is being written may be missing from one.
    for (let look = 0; look < looks; look++) {
      this.#stacks = await this.#parts.stacks(this.#signal);
      const found = this.#find(event.name);
      if (found !== null) return found;
    }
    return null;
  }

  #find(name: string): (StackScope & { readonly name: string }) | null {
    let found: (StackScope & { readonly name: string }) | null = null;
    let longest = 0;
    for (const scope of this.#stacks ?? []) {
      const prefix = scope.namespace === 'default' ? `${scope.stack}_` : `${scope.namespace}_${scope.stack}_`;
      if (!name.startsWith(prefix) || prefix.length <= longest) continue;
      found = { ...scope, name: name.slice(prefix.length) };
      longest = prefix.length;
    }
    return found;
  }
}

const infoSchema = v.object({ SystemTime: v.string() });

/** To the nanosecond: until then everything has happened already, so that the daemon waits for nothing. */
async function daemonTime(api: EngineApi, signal: AbortSignal): Promise<string> {
  const { body } = await api.call({ method: 'GET', path: '/info' }, signal);
  return engineTime(v.parse(infoSchema, body).SystemTime);
}
