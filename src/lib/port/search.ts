import type { Verb } from './verb.js';

/** An object in which the text was found. */
export interface SearchHit {
  /** The noun: `stack`, `definition`, `node`. */
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  /** The values that hold the text, by dotted path. */
  readonly matches: Readonly<Record<string, string>>;
}

export interface SearchFacet {
  /** Objects that hold the text in any value, best first. */
  find?: Verb<{ readonly text: string }, { readonly limit?: number }, AsyncIterable<SearchHit>>;
}
