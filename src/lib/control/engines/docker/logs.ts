import { setTimeout as sleepFor } from 'node:timers/promises';
import { isBerthError } from '../../../port/errors.js';
import { type Batched, inBatches } from '../../../port/batches.js';
import type { LogLine, LogOptions } from '../../../port/logs.js';
import type { CallContext } from '../../../port/verb.js';
import type { EngineApi } from '../engine-api/api.js';
import { ContainerLog, type ContainerLogOptions, isUnreadable } from './logs-container.js';
import type { LoggedContainer } from './logs-decode.js';
import { BatchMerge } from './logs-merge.js';
import { engineTime } from './logs-time.js';

export interface LogParts {
  readonly api: EngineApi;
  /** Those whose lines are wanted, as they are now. Followed, it is asked again and again, also for such as have ended. */
  readonly containers: (signal: AbortSignal) => Promise<readonly LoggedContainer[]>;
  /** How long followed containers are left alone between two looks for new ones, in milliseconds. Default 1,000. */
  readonly pollMs?: number;
  /** How long the daemon may be gone before following is given up, in milliseconds. Default 60,000. */
  readonly giveUpMs?: number;
}

/** How long a line waits for earlier ones of other containers: new ones, and those from before. */
const merging = { followed: { windowMs: 200, historyMs: 1_000 }, whole: { windowMs: Infinity, historyMs: Infinity } };

/**
 * Lines of containers, merged by time, their texts unchanged. Followed, those of containers that are made or started
 * later come too, and it goes on over lost connections: none is lost, none comes twice. An abort ends it without an error.
 *
 * @throws UsageError for times that are none; DaemonError; UnreachableError.
 */
export function readLogs(parts: LogParts, options: LogOptions, context: CallContext): Batched<LogLine> {
  return inBatches(() => readBatches(parts, options, context));
}

async function* readBatches(
  parts: LogParts,
  options: LogOptions,
  { signal, progress }: CallContext,
): AsyncGenerator<readonly LogLine[]> {
  const { follow = false, tail, since, until } = options;
  const told: ContainerLogOptions = {
    ...{ follow, tail },
    since: since === undefined ? undefined : engineTime(since),
    until: until === undefined ? undefined : engineTime(until, 1),
    onLost: ({ message }, waitMs) => {
      const status = `${message}; trying again in ${Math.ceil(waitMs / 1_000)} s`;
      progress?.({ kind: 'stack', name: '', phase: 'note', status });
    },
  };
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const merge = new BatchMerge({ ...(follow ? merging.followed : merging.whole), now: Date.now }, both);
  const reading = new Reading(parts, told, merge, both, progress);
  const limit = follow && until !== undefined ? endAt(Date.parse(until) - parts.api.clockMs(), ended) : undefined;
  try {
    const first = await parts.containers(both);
    for (const container of first) reading.add(container, first.length === 1);
    if (follow) void reading.watch();
    else merge.seal();
    yield* merge.batches();
  } catch (error) {
    if (!both.aborted) throw error;
  } finally {
    clearTimeout(limit);
    ended.abort();
  }
}

/** Longer than any timer can wait at once. */
const longestTimerMs = 2 ** 31 - 1;
/** The daemon's clock is known to the second. */
const clockMs = 1_000;

/** Followed, a container that writes nothing does not end at the time that was asked for. */
function endAt(leftMs: number, ended: AbortController): NodeJS.Timeout | undefined {
  if (leftMs > longestTimerMs) return undefined;
  return setTimeout(() => ended.abort(), Math.max(0, leftMs) + clockMs);
}

/** The containers that are being read, and those that were. */
class Reading {
  readonly #parts: LogParts;
  readonly #options: ContainerLogOptions;
  readonly #merge: BatchMerge;
  readonly #signal: AbortSignal;
  readonly #progress: CallContext['progress'];
  readonly #logs = new Map<string, { readonly log: ContainerLog; reading: boolean }>();

  constructor(
    parts: LogParts,
    options: ContainerLogOptions,
    merge: BatchMerge,
    signal: AbortSignal,
    progress: CallContext['progress'],
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#merge = merge;
    this.#signal = signal;
    this.#progress = progress;
  }

  /** @param alone there is no other: what is wrong with it is the answer. */
  add(container: LoggedContainer, alone: boolean): void {
    const known = this.#logs.get(container.id);
    if (known !== undefined && (known.reading || !container.running)) return;
    const options = this.#begun ? { ...this.#options, tail: undefined } : this.#options;
    const log = known?.log ?? new ContainerLog(this.#parts.api, options);
    const entry = { log, reading: true };
    this.#logs.set(container.id, entry);
    this.#merge.add(this.#lines(log, container, alone), () => {
      entry.reading = false;
    });
  }

  /** True once what was there at the start is being read: what comes later is all shown. */
  #begun = false;

  /** Looks for containers that have been made or started, until the signal aborts. */
  async watch(): Promise<void> {
    this.#begun = true;
    const { containers, pollMs = 1_000, giveUpMs = 60_000 } = this.#parts;
    let goneSinceMs: number | undefined;
    while (await waited(pollMs, this.#signal)) {
      try {
        const present = await containers(this.#signal);
        for (const container of present) this.add(container, false);
        this.#forget(present);
        goneSinceMs = undefined;
      } catch (error) {
        if (isAborted(this.#signal)) return;
        goneSinceMs ??= performance.now();
        const lost = isBerthError(error) && error.code === 'unreachable';
        if (lost && performance.now() - goneSinceMs < giveUpMs) continue;
        this.#merge.fail(error);
        return;
      }
    }
  }

  async *#lines(log: ContainerLog, container: LoggedContainer, alone: boolean): AsyncGenerator<readonly LogLine[]> {
    try {
      yield* log.read(container, this.#signal);
    } catch (error) {
      if (alone || !isBerthError(error) || !isUnreadable(error)) throw error;
      const { service, name, stack } = container;
      const status = `no logs of ${name}: ${error.message}`;
      this.#progress?.({ kind: 'service', name: `${service}.${stack}`, phase: 'note', status });
    }
  }

  /** Nobody asks again for containers that are gone. */
  #forget(present: readonly LoggedContainer[]): void {
    const ids = new Set(present.map(({ id }) => id));
    for (const [id, { reading }] of this.#logs) if (!reading && !ids.has(id)) this.#logs.delete(id);
  }
}

/** False when the signal has aborted. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleepFor(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

/** A function, since a signal changes behind the compiler's back. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
