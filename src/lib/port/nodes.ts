import type { Mutation } from './actions.js';
import type { MutationOptions, Verb, WaitOptions } from './verb.js';

/** States of a node (the vocabulary of reference dockercloud/API.md section 4.6, on every backend). */
export type NodeState = 'Deploying' | 'Deployed' | 'Unreachable' | 'Upgrading' | 'Terminating' | 'Terminated';

/** Whether it takes replicas: `pause` takes no new ones, `drain` gives away those it has. */
export type NodeAvailability = 'active' | 'pause' | 'drain';

export type NodeRole = 'manager' | 'worker';

/** A machine that runs containers. Oracle calls it a host. */
export interface Node {
  readonly id: string;
  /** Host name, or the name a user gave it. */
  readonly name: string;
  readonly state: NodeState;
  readonly availability: NodeAvailability;
  /** Null where nodes have no roles. */
  readonly role: NodeRole | null;
  /** Name of its node cluster; null for a machine that was brought along. */
  readonly cluster: string | null;
  /** Name of its pool; null where there are none. */
  readonly pool: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Public IP address; null when there is none. */
  readonly address: string | null;
  readonly privateAddresses: readonly string[];
  /** `<provider>/<name>`; null for a machine that was brought along. */
  readonly region: string | null;
  readonly zone: string | null;
  readonly nodeType: string | null;
  readonly engineVersion: string | null;
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
  readonly diskBytes: number | null;
  readonly containers: number | null;
  /** RFC 3339. */
  readonly lastSeenAt: string | null;
  readonly createdAt: string | null;
  readonly terminatedAt: string | null;
}

export interface NodeRef {
  /** Id, prefix of one, or name. */
  readonly node: string;
}

export interface NodeListOptions {
  readonly state?: NodeState;
  /** Name or id of a node cluster. */
  readonly cluster?: string;
  /** Name or id of a pool. */
  readonly pool?: string;
  /** Also those that have been terminated lately. Default false. */
  readonly all?: boolean;
}

/** What to change; what is absent stays. */
export interface NodeChange extends NodeRef {
  readonly name?: string;
  readonly role?: NodeRole;
  readonly availability?: NodeAvailability;
}

/** How a machine joins: the token is told here only. */
export interface NodeJoin {
  readonly token: string;
  /** What to run on the machine. */
  readonly command: string;
}

export interface NodesFacet {
  /** By name. */
  list?: Verb<object, NodeListOptions, AsyncIterable<Node>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<NodeRef, object, Promise<Node>>;
  /** Renames, promotes, demotes, pauses or drains; a drain is waited for until nothing runs there. */
  update?: Verb<NodeChange, MutationOptions, Promise<Mutation<Node>>>;
  /** Puts the node into another pool. */
  move?: Verb<NodeRef & { readonly pool: string }, MutationOptions, Promise<Mutation<Node>>>;
  /** Provisions a node that is known but not deployed. */
  deploy?: Verb<NodeRef, WaitOptions, Promise<Mutation<Node>>>;
  /** Brings its engine to the newest version; containers that ran run again afterwards. */
  upgrade?: Verb<NodeRef, WaitOptions, Promise<Mutation<Node>>>;
  /** Looks whether it answers, and sets its state by that. */
  checkHealth?: Verb<NodeRef, WaitOptions, Promise<Mutation<Node>>>;
  /** Takes it out; `force` although it is not drained or does not answer. */
  remove?: Verb<NodeRef, MutationOptions & { readonly force?: boolean }, Promise<Mutation<Node>>>;
  /** Makes or tells a token with which a machine joins. Throws RefusedError where it needs a manager and has none. */
  join?: Verb<object, { readonly role?: NodeRole; readonly rotate?: boolean }, Promise<NodeJoin>>;
}
