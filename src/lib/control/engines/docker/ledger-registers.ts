import { setTimeout } from 'node:timers/promises';
import type { StackScope } from '../../../plan/resources.js';
import { ConflictError, UnreachableError } from '../../../port/errors.js';
import type { Change } from './ledger-lock.js';
import {
  decodeBody,
  decodeState,
  encodeBody,
  encodeState,
  type ReleaseBody,
  stackKey,
  type StackState,
} from './ledger-state.js';
import type { RegisterKey, Registers } from './registers.js';

/** How often a change is tried that others keep coming before. */
const attempts = 60;
/** Changes that can be told to have come through after others have been made. */
const keptChanges = 16;
/** Most that is waited between two of them, in milliseconds. */
const maxPauseMs = 100;
/** How long one look at the daemon, or one change, may take: a lease must not run out under it. In milliseconds. */
const limitMs = 20_000;

export interface StateRegistersOptions {
  readonly registers: Registers;
  /** Milliseconds since 1970 by the daemon's clock. */
  readonly clockMs: () => number;
  /** A text that nobody else gets. */
  readonly nonce: () => string;
  /** 0 <= x < 1. */
  readonly random: () => number;
}

/** A state as it stands in its register. */
export interface FoundState {
  readonly scope: StackScope;
  readonly revision: number;
  readonly state: StackState;
}

/** The registers of the ledger: one of each stack, and one of each release. */
export class LedgerRegisters {
  readonly #registers: Registers;
  readonly #clockMs: () => number;
  readonly #nonce: () => string;
  readonly #random: () => number;
  /** The last change of each stack: those of one process go one after the other, so that they do not get in each other's way. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor({ registers, clockMs, nonce, random }: StateRegistersOptions) {
    this.#registers = registers;
    this.#clockMs = clockMs;
    this.#nonce = nonce;
    this.#random = random;
  }

  async find(scope: StackScope): Promise<StackState> {
    const entry = await within((signal) => this.#registers.read(stackKey(scope), signal));
    return decodeState(scope, entry?.value);
  }

  /** Of all stacks that are or were there. */
  async all(namespace: string): Promise<readonly FoundState[]> {
    const entries = await within((signal) => this.#registers.list({ kind: 'stack', namespace }, signal));
    return entries.map(({ key, revision, value }) => {
      const scope = { namespace, stack: key.stack };
      return { scope, revision, state: decodeState(scope, value) };
    });
  }

  /**
   * Changes the state of a stack, if nobody else has in between; else tries again with what he has made of it. So `step`
   * may be called several times.
   *
   * @throws ConflictError when others come before it again and again; what `step` throws.
   */
  async change<T>(scope: StackScope, step: (state: StackState) => Change<T> | Promise<Change<T>>): Promise<T> {
    const name = JSON.stringify([scope.namespace, scope.stack]);
    const before = this.#queues.get(name) ?? Promise.resolve();
    const work = before.then(() => this.#change(scope, step));
    const settled = work.catch(() => undefined);
    this.#queues.set(name, settled);
    try {
      return await work;
    } finally {
      if (this.#queues.get(name) === settled) this.#queues.delete(name);
    }
  }

  /** Of one that is not there, null. */
  async body(scope: StackScope, name: string): Promise<ReleaseBody | null> {
    const entry = await within((signal) => this.#registers.read(bodyKey(scope, name), signal));
    return entry === null ? null : decodeBody(scope, entry.value);
  }

  async writeBody(scope: StackScope, name: string, body: ReleaseBody): Promise<void> {
    await within((signal) => this.#registers.write(bodyKey(scope, name), 0, encodeBody(body), signal));
  }

  /** Takes bodies away that nothing points to. What cannot be taken away now stays, and does no harm. */
  async dropBodies(scope: StackScope, names: readonly string[]): Promise<void> {
    await Promise.allSettled(
      names.map((name) => within((signal) => this.#registers.remove(bodyKey(scope, name), signal))),
    );
  }

  /** Takes all bodies of stacks away that are gone for good, also those that nothing ever pointed to. */
  async dropBodiesOf(scope: StackScope, stackIds: readonly string[]): Promise<void> {
    const bodies = await within((signal) => this.#registers.list({ kind: 'release', ...scope }, signal));
    const old = bodies.filter(({ value }) => stackIds.includes(decodeBody(scope, value).stackId));
    await this.dropBodies(
      scope,
      old.map(({ key }) => key.name),
    );
  }

  /** Takes the register of a stack away, unless somebody has written since. */
  async drop({ scope, revision }: FoundState): Promise<void> {
    await within((signal) => this.#registers.purge(stackKey(scope), revision, signal));
  }

  async #change<T>(scope: StackScope, step: (state: StackState) => Change<T> | Promise<Change<T>>): Promise<T> {
    const key = stackKey(scope);
    const name = this.#nonce();
    let tried: { readonly result: T } | undefined;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const entry = await within((signal) => this.#registers.read(key, signal));
      const before = decodeState(scope, entry?.value);
      // Others have gone on from what was written before we could look whether it was.
      if (tried !== undefined && before.changes.includes(name)) return tried.result;
      const { next, result } = await step(before);
      if (next === null) return result;
      const changes = [...before.changes, name].slice(-keptChanges);
      const value = encodeState({ ...next, changedAtMs: this.#clockMs(), changes });
      tried = { result };
      if (await within((signal) => this.#registers.write(key, entry?.revision ?? 0, value, signal))) return result;
      await setTimeout(this.#random() * Math.min(2 ** attempt, maxPauseMs));
    }
    throw new ConflictError(`stack ${scope.stack} is being changed by too many at once`, {
      hint: 'Run the command again.',
    });
  }
}

function bodyKey({ namespace, stack }: StackScope, name: string): RegisterKey {
  return { kind: 'release', namespace, stack, name };
}

async function within<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(limitMs);
  try {
    return await call(signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    throw new UnreachableError(`the Docker engine has not answered for ${limitMs / 1000} s`, {
      hint: 'Look whether it still works: `docker info`.',
    });
  }
}
