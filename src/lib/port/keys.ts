import type { Verb } from './verb.js';

/** A user's public SSH key. */
export interface Key {
  readonly id: string;
  /** What its owner calls it. */
  readonly name: string;
  readonly owner: string;
  /** As it was given: type, base64 and comment. */
  readonly publicKey: string;
  /** MD5 in pairs of hex digits with colons; null where the platform does not tell. */
  readonly fingerprint: string | null;
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface KeyRef {
  /** Name, or id. */
  readonly key: string;
}

export interface KeysFacet {
  /** The caller's own, by name. */
  list?: Verb<object, object, AsyncIterable<Key>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<KeyRef, object, Promise<Key>>;
  /** Throws InputError for what is no public key, ConflictError when it is there already. */
  add?: Verb<{ readonly name: string; readonly publicKey: string }, object, Promise<Key>>;
  remove?: Verb<KeyRef, object, Promise<void>>;
}
