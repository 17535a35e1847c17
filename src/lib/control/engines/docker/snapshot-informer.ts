import { setTimeout as sleepFor } from 'node:timers/promises';
import * as v from 'valibot';
import type { EngineApi } from '../engine-api/api.js';
import { composeLabels } from './labels.js';
import type { ContainerFacts, ListedContainer } from './snapshot-wire.js';
import { foreignOf, type Snapshot } from './view.js';

export interface InformerOptions {
  /** Docker compose's name of the stack. */
  readonly project: string;
  readonly list: (signal: AbortSignal) => Promise<readonly ListedContainer[]>;
  readonly inspect: (ids: readonly string[], signal: AbortSignal) => Promise<readonly ContainerFacts[]>;
}

const relistMs = 250;
const [firstPauseMs, longestPauseMs] = [250, 5_000];

/**
 * Keeps what is known of the containers of a stack, and asks again about those of which the daemon has told an event.
 *
 * Why nothing is missed: the daemon changes a container before it tells of it, so that whoever asks after the event sees
 * the change; and a container counts as known from before it is asked about, so that an event which comes while the
 * answer is under way has it asked about once more. An event that comes late only makes a look older, never wrong for
 * good. What happened before the stream stood is replayed, since it is opened from a second before the first list on.
 * While it does not stand everything is asked about at every look, and once more when it stands again. A few times a
 * second the list shows what no event has told yet: one may be late on a busy machine, or dropped (it keeps 256).
 */
export class Informer {
  readonly #api: EngineApi;
  readonly #options: InformerOptions;
  readonly #stop = new AbortController();
  readonly #stream: Promise<void>;
  readonly #facts = new Map<string, ContainerFacts>();
  readonly #dirty = new Set<string>();
  #listed: readonly ListedContainer[] = [];
  /** By a clock that nobody sets; undefined: to be listed now. */
  #listedMs: number | undefined;
  #stands = false;
  /** One look at a time: a second one would take for known what the first has only asked about. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(api: EngineApi, options: InformerOptions) {
    this.#api = api;
    this.#options = options;
    this.#stream = this.#follow();
  }

  take(isOurs: (one: ListedContainer) => boolean, signal: AbortSignal): Promise<Snapshot> {
    const taken = this.#turn.then(() => this.#take(isOurs, signal));
    this.#turn = taken.catch(() => undefined);
    return taken;
  }

  touch(id: string): void {
    this.#dirty.add(id);
  }

  touchAll(): void {
    this.#listedMs = undefined;
    for (const id of this.#facts.keys()) this.#dirty.add(id);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#stream;
  }

  async #take(isOurs: (one: ListedContainer) => boolean, signal: AbortSignal): Promise<Snapshot> {
    signal.throwIfAborted();
    if (!this.#stands) this.touchAll();
    await this.#list(signal);
    const wanted = this.#listed.filter(isOurs).map(({ id }) => id);
    await this.#inspect(
      wanted.filter((id) => this.#dirty.has(id) || !this.#facts.has(id)),
      signal,
    );
    return { containers: wanted.flatMap((id) => this.#facts.get(id) ?? []), foreign: foreignOf(this.#listed, isOurs) };
  }

  async #list(signal: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    if (this.#listedMs !== undefined && nowMs - this.#listedMs < relistMs) return;
    // From before it is asked for: what is touched meanwhile has it listed once more.
    this.#listedMs = nowMs;
    try {
      const marks = new Map(this.#listed.map(({ id, mark }) => [id, mark]));
      this.#listed = await this.#options.list(signal);
      for (const { id, mark } of this.#listed) if (marks.get(id) !== mark) this.#dirty.add(id);
      const present = new Set(this.#listed.map(({ id }) => id));
      for (const known of [this.#facts, this.#dirty]) {
        for (const id of known.keys()) if (!present.has(id)) known.delete(id);
      }
    } catch (error) {
      this.#listedMs = undefined;
      throw error;
    }
  }

  async #inspect(ids: readonly string[], signal: AbortSignal): Promise<void> {
    for (const id of ids) this.#dirty.delete(id);
    try {
      const found = new Map((await this.#options.inspect(ids, signal)).map((facts) => [facts.id, facts]));
      for (const id of ids) {
        const facts = found.get(id);
        if (facts === undefined) this.#facts.delete(id);
        else this.#facts.set(id, facts);
      }
    } catch (error) {
      for (const id of ids) this.#dirty.add(id);
      throw error;
    }
  }

  /** Reads events until it is closed. What is wrong with the daemon is told by the calls of the looks. */
  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    for (let pauseMs = firstPauseMs; !isAborted(signal); pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        this.touchAll();
        this.#stands = true;
        for await (const event of this.#events(signal)) {
          pauseMs = firstPauseMs;
          this.#note(event);
        }
      } catch {
        // Opened again below.
      }
      this.#stands = false;
      await sleepFor(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #events(signal: AbortSignal): AsyncIterable<unknown> {
    const since = Math.floor(this.#api.clockMs() / 1_000) - 1;
    const filters = { type: ['container'], label: [`${composeLabels.project}=${this.#options.project}`] };
    return this.#api.jsonLines({ method: 'GET', path: '/events', query: { since, filters } }, signal);
  }

  #note(event: unknown): void {
    const parsed = v.safeParse(eventSchema, event);
    // Health checks run a command again and again.
    if (!parsed.success || parsed.output.Action.startsWith('exec_')) return;
    const { ID: id } = parsed.output.Actor;
    this.#dirty.add(id);
    const isKnown = this.#listed.some((one) => one.id === id);
    if (!isKnown || listChanges.has(parsed.output.Action)) this.#listedMs = undefined;
  }
}

/** What makes the list another one. */
const listChanges: ReadonlySet<string> = new Set(['create', 'destroy', 'rename']);

/** `status`, `id` and `from`, which Engine API 1.52 leaves out, are not read. */
const eventSchema = v.object({ Action: v.string(), Actor: v.object({ ID: v.string() }) });

/** A function, since a signal changes behind the compiler's back. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
