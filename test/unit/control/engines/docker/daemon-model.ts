import { advance, isAlive } from '../../../../../src/lib/control/engines/docker/advance.js';
import type { ServiceRecord } from '../../../../../src/lib/control/engines/docker/record.js';
import type { Move, Replica } from '../../../../../src/lib/control/engines/docker/replica.js';
import type { ServiceResource } from '../../../../../src/lib/plan/resources.js';
import type { Service } from '../../../../../src/lib/compose/project.js';

/** How containers of a version behave once they are started. */
export interface Nature {
  /** Exits with this code so long after its start; never where absent. */
  readonly exit?: { readonly code: number; readonly afterMs: number };
  /** Has a health check that says yes so long after its start. */
  readonly healthyAfterMs?: number;
  /** Cannot be started at all. */
  readonly broken?: boolean;
}

interface Present extends Replica {
  readonly nature: Nature;
}

/** A daemon in memory that does the moves it is given, and nothing by itself but let time pass. */
export class DaemonModel {
  nowMs = 1_000_000;
  /** Every look: how many containers were up, whatever their version. */
  readonly upAtLooks: number[] = [];
  readonly #natures: Map<string, Nature>;
  #containers: Present[] = [];
  #count = 0;
  #cutOff = false;

  constructor(natures: Readonly<Record<string, Nature>> = {}) {
    this.#natures = new Map(Object.entries(natures));
  }

  get replicas(): readonly Replica[] {
    return this.#containers;
  }

  /** Looks once, and is killed after containers were made and before they are started. */
  cut(record: ServiceRecord, startFirst: boolean): ServiceRecord {
    this.#cutOff = true;
    const known = this.settle(record, startFirst, 1);
    this.#cutOff = false;
    return known;
  }

  /** Looks and moves until nothing is left to do, a look every 100 ms. Gives the record as it is then. */
  settle(record: ServiceRecord, startFirst = true, looks = 400): ServiceRecord {
    let known = record;
    let quiet = 0;
    for (let look = 0; look < looks && quiet < 30; look += 1) {
      this.#live();
      this.upAtLooks.push(this.#containers.filter(isUp).length);
      const next = advance({ record: known, replicas: this.replicas, nowMs: this.nowMs, startFirst, placeable: true });
      quiet = next.moves.length === 0 && next.record === known ? quiet + 1 : 0;
      known = next.record;
      for (const move of oneForEachSlot(next.moves)) this.#do(move, known.service);
      this.nowMs += 100;
    }
    return known;
  }

  /** From now on containers of that version run as they should. */
  mend(hash: string): void {
    this.#natures.delete(hash);
  }

  /** As if somebody else had done it. */
  lose(id: string): void {
    this.#containers = this.#containers.filter((one) => one.id !== id);
  }

  end(id: string, exitCode: number): void {
    this.#change(id, { state: 'exited', exitCode, finishedMs: this.nowMs });
  }

  #do(move: Move, { hash, generation }: ServiceResource): void {
    switch (move.do) {
      case 'create': {
        this.#count += 1;
        const id = `c${this.#count}`;
        const nature = this.#natures.get(hash) ?? {};
        this.#containers.push({
          ...{
            id,
            slot: move.slot,
            hash,
            generation,
            nature,
            state: 'created',
            health: null,
            error: null,
            restarts: 0,
            aside: false,
          },
          ...{ createdMs: this.nowMs, startedMs: null, finishedMs: null, exitCode: null },
        });
        if (move.beside !== null) this.#change(move.beside, { aside: true });
        if (move.beside !== null && !move.startFirst) this.#stop(move.beside);
        if (!this.#cutOff) this.#start(id);
        return;
      }
      case 'start':
        this.#start(move.id);
        return;
      case 'stop':
        this.#stop(move.id);
        return;
      case 'rename':
        this.#change(move.id, { aside: false });
        return;
      case 'remove':
        this.lose(move.id);
    }
  }

  #start(id: string): void {
    const found = this.#containers.find((one) => one.id === id);
    if (found?.nature.broken === true) this.#change(id, { error: 'no such file', exitCode: 127 });
    else if (found !== undefined) {
      const health = found.nature.healthyAfterMs === undefined ? null : 'starting';
      this.#change(id, { state: 'running', startedMs: this.nowMs, exitCode: null, finishedMs: null, health });
    }
  }

  #stop(id: string): void {
    const found = this.#containers.find((one) => one.id === id);
    if (found !== undefined && isAlive(found)) this.end(id, 143);
  }

  #live(): void {
    for (const { id, state, startedMs, nature } of this.#containers) {
      if (state !== 'running' || startedMs === null) continue;
      const age = this.nowMs - startedMs;
      if (nature.exit !== undefined && age >= nature.exit.afterMs) this.end(id, nature.exit.code);
      else if (nature.healthyAfterMs !== undefined && age >= nature.healthyAfterMs)
        this.#change(id, { health: 'healthy' });
    }
  }

  #change(id: string, change: Partial<Present>): void {
    this.#containers = this.#containers.map((one) => (one.id === id ? { ...one, ...change } : one));
  }
}

export function isUp({ state, health }: Replica): boolean {
  return state === 'running' && (health === null || health === 'healthy');
}

/** What the reconciler does too: one move for each slot at a time. */
function oneForEachSlot(moves: readonly Move[]): Move[] {
  const seen = new Set<number>();
  return moves.filter(({ slot }) => !seen.has(slot) && seen.add(slot));
}

export function service(hash: string, replicas: number, definition: Service = {}): ServiceResource {
  const scope = { namespace: 'default', stack: 'shop' };
  return { ...scope, kind: 'service', name: 'web', replicas, hash, generation: 1, definition };
}

export function recordOf(wanted: ServiceResource): ServiceRecord {
  return { epoch: 1, service: wanted, previous: null, rollout: null, held: [], again: [], anew: [], adopted: null };
}
