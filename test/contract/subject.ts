import type { Backend } from '../../src/lib/port/backend.js';
import type { Principal } from '../../src/lib/port/principal.js';

/** What the contract is proved on: a backend, and how to get worlds of its own for it. */
export interface Subject {
  /** For titles: `the sandbox, in this process`. */
  readonly name: string;
  /** The file of reviewed capabilities: `capabilities.<slug>.json`. */
  readonly slug: string;
  readonly images: Images;
  /** A label that some of its nodes have, and others have not. */
  readonly nodeLabel: NodeLabel;
  /** Whether calls report to `CallContext.progress` and `planned`: processes have no callbacks. */
  readonly callsBack: boolean;
  /**
   * Whether one call can ask for all that its request can say. Commands have a verb for each thing that people want:
   * none of them sets and unsets at once.
   */
  readonly combines: boolean;
  /** Whether containers that were replaced stay to be looked at for a while, or are taken away. */
  readonly keepsReplaced: boolean;
  /** How many tests run side by side. Most of their time goes to waiting; that of processes also to starting them. */
  readonly lanes: number;
  /** Makes an empty world: no stack, no action. */
  open(): Promise<World>;
}

/** Names of images by what containers made from them do. */
export interface Images {
  /** Runs until it is stopped, and writes lines to its log. */
  readonly steady: string;
  /** The same, under another name. */
  readonly newer: string;
  /** Exits with code 3 soon after every start. */
  readonly crashing: string;
  /** Does its work, writes a line or two, and exits with code 0. */
  readonly once: string;
  /** Takes 1 to 5 seconds until it runs. */
  readonly slow: string;
  /** Takes 8 to 20 seconds until it runs: long enough for others to do something meanwhile. */
  readonly late: string;
}

export interface NodeLabel {
  readonly key: string;
  readonly value: string;
  /** Names of the nodes that have it. */
  readonly nodes: readonly string[];
}

export interface World {
  /** Opens the backend for `alice` of `acme`, or for somebody else of the same world. Closed with the world. */
  backend(principal?: Principal): Promise<Backend>;
  /** Waits for what still runs, then removes everything. */
  close(): Promise<void>;
}

export const alice: Principal = { user: 'alice', namespace: 'acme', admin: true };
export const bob: Principal = { user: 'bob', namespace: 'other', admin: true };
