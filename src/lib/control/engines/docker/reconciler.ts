import { setTimeout } from 'node:timers/promises';
import type { ServiceResource, StackScope } from '../../../plan/resources.js';
import { ConflictError } from '../../../port/errors.js';
import type { CallContext } from '../../../port/verb.js';
import type { EngineApi } from '../engine-api/api.js';
import type { Fence } from '../engine.js';
import { advance, type Advance } from './advance.js';
import { carryOutMove, type MoveParts } from './moves.js';
import type { Placement } from './placement.js';
import { isRolling, type ServiceRecord } from './record.js';
import type { Move, Replica } from './replica.js';
import type { RecordEntry, ServiceRecords } from './service-records.js';
import { canStartFirst } from './start-first.js';

/** Gives the containers of the services of a stack. */
export interface ReplicaSource {
  replicas(
    scope: StackScope,
    records: readonly RecordEntry[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly Replica[]>>;
  /** What is known of a stack's containers is to be looked at again. */
  touch(scope: StackScope): void;
}

export interface ReconcilerParts extends MoveParts {
  readonly api: EngineApi;
  readonly records: ServiceRecords;
  readonly source: ReplicaSource;
  readonly placement: Placement;
}

/** How long a call waits for moves under way, so that looks are no busy loop and the end of one is seen at once. */
const sliceMs = 200;

/** Between two attempts to start the same container. */
const retryMs = 1_000;

/**
 * Brings services to their records, look by look. Moves go on between looks, at most one for each slot; what one of them
 * throws is thrown by the next look.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #failures: Error[] = [];
  /** When a container was last started, by a clock that nobody sets: one that cannot be is not tried without a pause. */
  readonly #tried = new Map<string, number>();
  readonly #stop = new AbortController();

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  /**
   * @param services those that somebody waits for; what was applied under the fence is brought on too.
   * @throws ConflictError for an epoch that is over, and what a move threw.
   */
  async step(scope: StackScope, services: readonly string[], fence: Fence, context: CallContext): Promise<void> {
    this.#throwFailure();
    const { signal } = context;
    const entries = await this.#parts.records.list(scope, signal);
    for (const { record } of entries) refuseOld(record.epoch, fence, scope);
    const wanted = entries.filter(
      ({ record }) => record.epoch === fence.epoch || services.includes(record.service.name),
    );
    // What is under way when a look begins may be seen half done, also when it has ended before the look is over.
    const blurred = new Set(this.#underWay.keys());
    const replicas = await this.#parts.source.replicas(scope, wanted, signal);
    for (const entry of wanted) {
      const seen = replicas.get(entry.record.service.name) ?? [];
      for (const move of await this.#bringOn(entry, seen, fence, context)) {
        if (!blurred.has(placeKey(entry.record.service, move))) this.#begin(entry.record.service, move, fence, signal);
      }
    }
    await this.#settle(scope, signal);
    this.#throwFailure();
  }

  /** Waits for nothing: what is under way is cut off. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#underWay.values());
  }

  /** The moves that are to be made now. */
  async #bringOn(
    entry: RecordEntry,
    replicas: readonly Replica[],
    fence: Fence,
    context: CallContext,
  ): Promise<readonly Move[]> {
    const { records } = this.#parts;
    const { record } = entry;
    const next = await this.#next(entry, replicas, context.signal);
    // Somebody else has been faster: the next look sees what he wrote.
    const changed = { ...next.record, epoch: fence.epoch };
    if (next.record !== record && !(await records.write(entry, changed, context.signal))) return [];
    return next.moves;
  }

  async #next(entry: RecordEntry, seen: readonly Replica[], signal: AbortSignal): Promise<Advance> {
    const { api, source, placement } = this.#parts;
    const { service } = entry.record;
    const situation = {
      record: entry.record,
      nowMs: api.clockMs(),
      startFirst: canStartFirst(service),
      placeable: placement.unmet(service.definition) === null,
    };
    const next = advance({ ...situation, replicas: seen });
    if (!isVerdict(entry.record, next)) return next;
    // What was seen may be older than `nowMs`: a replica that has ended meanwhile must not count as one that stays up.
    const scope = { namespace: service.namespace, stack: service.stack };
    source.touch(scope);
    const fresh = await source.replicas(scope, [entry], signal);
    return advance({ ...situation, replicas: fresh.get(service.name) ?? [] });
  }

  #begin(service: ServiceResource, move: Move, { epoch }: Fence, signal: AbortSignal): void {
    const { namespace, stack } = service;
    const scope = { namespace, stack };
    const key = placeKey(service, move);
    if (this.#underWay.has(key)) return;
    if (move.do === 'start') {
      const nowMs = performance.now();
      if (nowMs - (this.#tried.get(move.id) ?? -Infinity) < retryMs) return;
      this.#tried.set(move.id, nowMs);
    }
    const work = carryOutMove(
      this.#parts,
      { scope, service, epoch },
      move,
      AbortSignal.any([signal, this.#stop.signal]),
    )
      .catch((error: unknown) => {
        if (signal.aborted || this.#stop.signal.aborted) return;
        this.#failures.push(error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => {
        this.#parts.source.touch(scope);
        this.#underWay.delete(key);
      });
    this.#underWay.set(key, work);
  }

  async #settle(scope: StackScope, signal: AbortSignal): Promise<void> {
    const prefix = `${scope.namespace}/${scope.stack}/`;
    const moves = [...this.#underWay].filter(([key]) => key.startsWith(prefix)).map(([, work]) => work);
    if (moves.length === 0) return;
    const timer = new AbortController();
    const slice = setTimeout(sliceMs, undefined, { signal: AbortSignal.any([signal, timer.signal]) }).catch(
      () => undefined,
    );
    await Promise.race([Promise.race(moves), slice]);
    timer.abort();
    await slice;
  }

  #throwFailure(): void {
    const failure = this.#failures.shift();
    if (failure === undefined) return;
    this.#failures.length = 0;
    throw failure;
  }
}

/** Names the slot that a move is about: one move of a slot at a time. */
function placeKey({ namespace, stack, name }: ServiceResource, { slot }: Move): string {
  return `${namespace}/${stack}/${name}/${slot}`;
}

/** True for a step that says of new replicas that they stay up: old ones go for good, or the rollout ends. */
function isVerdict(known: ServiceRecord, { moves, record }: Advance): boolean {
  if (!isRolling(known)) return false;
  return record.rollout?.state !== known.rollout?.state || moves.some((move) => move.do === 'remove');
}

/** @throws ConflictError when somebody with a newer lease has changed the service. */
export function refuseOld(known: number, { epoch }: Fence, { stack }: StackScope): void {
  if (known <= epoch) return;
  throw new ConflictError(`stack ${stack} was changed by somebody else meanwhile`, {
    hint: 'See `berth action ls` for who does, then try again.',
  });
}
