import type { Verb } from './verb.js';

export interface BackupFacet {
  /** The platform's configuration as one opaque file, in pieces. */
  export?: Verb<object, object, AsyncIterable<Uint8Array>>;
  /** Puts the configuration in such a file in place of what is there. Throws InputError for what is no backup. */
  import?: Verb<{ readonly data: AsyncIterable<Uint8Array> }, object, Promise<void>>;
}
