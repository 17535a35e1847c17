import type { Verb } from './verb.js';

/** An entry of the key-value store. Keys may hold `/`. */
export interface KeyValue {
  readonly key: string;
  /** The bytes in base64. */
  readonly value: string;
  /** The store's counter when it was made, and when it was last changed. */
  readonly createIndex: number;
  readonly modifyIndex: number;
}

export interface KeyValuesFacet {
  /** Throws NotFoundError. */
  get?: Verb<{ readonly key: string }, object, Promise<KeyValue>>;
  /** Entries whose key begins with the prefix, by key. */
  list?: Verb<{ readonly prefix: string }, object, AsyncIterable<KeyValue>>;
  /** Their keys only. */
  keys?: Verb<{ readonly prefix: string }, object, AsyncIterable<string>>;
  /** Makes or replaces. No bytes are a value too. */
  put?: Verb<{ readonly key: string; readonly value: Uint8Array }, object, Promise<void>>;
  /** `recursive`: every key that begins with it. Not an error when there is none. */
  remove?: Verb<{ readonly key: string }, { readonly recursive?: boolean }, Promise<void>>;
}
