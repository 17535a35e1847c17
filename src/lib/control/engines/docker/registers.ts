import type { EngineApi } from '../engine-api/api.js';

/**
 * Small facts that everyone who reaches a Docker engine must agree on. A register is a chain of labelled volumes: a
 * volume never changes, and creating one that exists gives the first, so that making the next link is an atomic claim.
 */
export interface RegisterKey {
  /** A `release` is written once and never changes. */
  readonly kind: 'stack' | 'release' | 'service' | 'secret' | 'config';
  readonly namespace: string;
  readonly stack: string;
  /**
   * Name inside the stack: of a service, secret or config; of a release its number and a random part; empty for the stack
   * itself.
   */
  readonly name: string;
}

export interface RegisterEntry {
  readonly key: RegisterKey;
  /** Counted from 1: the number of the link. */
  readonly revision: number;
  /** JSON; null when it was removed. */
  readonly value: unknown;
}

export interface RegisterFilter {
  readonly kind?: RegisterKey['kind'];
  /** All where it is absent. */
  readonly namespace?: string;
  readonly stack?: string;
}

export interface Registers {
  /**
   * Null when there has never been one, or nothing is left of it. One that was removed and left a tombstone has the value
   * null: `write` goes on from its revision.
   */
  read(key: RegisterKey, signal: AbortSignal): Promise<RegisterEntry | null>;
  /** The newest link of every register of the filter, in one call; those that were removed are not among them. */
  list(filter: RegisterFilter, signal: AbortSignal): Promise<readonly RegisterEntry[]>;
  /**
   * Makes the next link: `revision + 1`, or the first (`revision` 0). Older links are taken away.
   *
   * False when it is not the newest: somebody else has made that link before, and nothing was changed; or somebody has gone
   * on from ours already, in the moment before we could look. Whoever gets false reads again and decides anew, so that
   * what he writes must be such that doing it twice does no harm.
   */
  write(key: RegisterKey, revision: number, value: unknown, signal: AbortSignal): Promise<boolean>;
  /**
   * Removes it, whatever its revision. No error when it is gone. Of a stack or service a tombstone stays, so that somebody
   * who has slept meanwhile cannot begin it anew; of other kinds nothing.
   */
  remove(key: RegisterKey, signal: AbortSignal): Promise<void>;
  /**
   * Takes the links up to that revision away for good, without a tombstone. Where somebody has written since, his link
   * stays. For what is so old that nobody can be about to write it.
   */
  purge(key: RegisterKey, revision: number, signal: AbortSignal): Promise<void>;
}

export type { EngineApi };
