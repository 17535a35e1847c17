import type { Backend } from '../../src/lib/port/backend.js';
import type { Principal } from '../../src/lib/port/principal.js';

/** What the contract is proved on: a backend, and how to get worlds of its own for it. */
export interface Subject {
  /** For titles: `the sandbox, in this process`. */
  readonly name: string;
  /** The file of reviewed capabilities: `capabilities.<slug>.json`. */
  readonly slug: string;
  readonly images: Images;
  /** Whether calls report to `CallContext.progress` and `planned`: processes have no callbacks. */
  readonly callsBack: boolean;
  /** Makes an empty world: no stack, no action. */
  open(): Promise<World>;
}

/** Names of images by what containers made from them do. */
export interface Images {
  /** Runs until it is stopped, and writes lines to its log. */
  readonly steady: string;
  /** The same, under another name. */
  readonly newer: string;
  /** Exits with a code other than 0 soon after every start. */
  readonly crashing: string;
  /** Takes 1 to 5 seconds until it runs. */
  readonly slow: string;
}

export interface World {
  /** Opens the backend for `alice` of `acme`, or for somebody else of the same world. Closed with the world. */
  backend(principal?: Principal): Promise<Backend>;
  /** Waits for what still runs, then removes everything. */
  close(): Promise<void>;
}

export const alice: Principal = { user: 'alice', namespace: 'acme', admin: true };
export const bob: Principal = { user: 'bob', namespace: 'other', admin: true };
