import type { Verb } from './verb.js';

/** A name under which service discovery answers. */
export interface CatalogService {
  readonly name: string;
  readonly tags: readonly string[];
}

/** One of the places that answer for it. Entries of one service share the load. */
export interface CatalogEntry {
  /** Unique; it never changes. */
  readonly id: string;
  readonly service: string;
  readonly address: string;
  /** 1-65535. */
  readonly port: number;
  readonly tags: readonly string[];
  /** Name of the node it is on; null for a place outside. */
  readonly node: string | null;
}

export interface CatalogFacet {
  /** By name. */
  list?: Verb<object, object, AsyncIterable<CatalogService>>;
  /** By id; none for an unknown service. */
  entries?: Verb<{ readonly service: string }, object, AsyncIterable<CatalogEntry>>;
  /** Makes or replaces the entry of that id. */
  register?: Verb<CatalogEntry, object, Promise<void>>;
  deregister?: Verb<{ readonly id: string; readonly node?: string }, object, Promise<void>>;
}
