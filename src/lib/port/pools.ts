import type { Mutation } from './actions.js';
import type { MutationOptions, Verb } from './verb.js';

/** A group of nodes that stacks are placed in. On swarm: a node label. A node is in one pool at most. */
export interface Pool {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Names of its nodes, sorted. */
  readonly nodes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface PoolRef {
  /** Id, prefix of one, or name. */
  readonly pool: string;
}

/** What lists its nodes is `nodes.list` with `pool`; what moves one is `nodes.move`. */
export interface PoolsFacet {
  /** By name. */
  list?: Verb<object, object, AsyncIterable<Pool>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<PoolRef, object, Promise<Pool>>;
  /** Throws ConflictError when the name is taken. */
  create?: Verb<{ readonly name: string; readonly description?: string }, MutationOptions, Promise<Mutation<Pool>>>;
  /** What is absent stays. */
  update?: Verb<
    PoolRef & { readonly name?: string; readonly description?: string },
    MutationOptions,
    Promise<Mutation<Pool>>
  >;
  /** Throws ConflictError while it has nodes. */
  remove?: Verb<PoolRef, MutationOptions, Promise<Mutation<Pool>>>;
}
