import type { Mutation } from './actions.js';
import type { MutationOptions, Verb } from './verb.js';

/** A label of the namespace. A tag that is only a word has the value ''. */
export interface Label {
  readonly key: string;
  readonly value: string;
  /** Made by a user, or by the platform (provider, region, cluster). */
  readonly origin: 'user' | 'platform';
}

export type LabelledKind = 'stack' | 'service' | 'node' | 'nodeCluster' | 'pool';

/** What carries labels. */
export interface LabelTarget {
  /** Id, prefix of one, or name. */
  readonly object: string;
  /** Absent: a service, else a node cluster, else a node of that name (as `docker-cloud tag` looks). */
  readonly kind?: LabelledKind;
}

/** An object with its labels. */
export interface Labelled {
  readonly kind: LabelledKind;
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface LabelSetOptions extends MutationOptions {
  /** Also take away every label of a user that is not named. Default false. */
  readonly replace?: boolean;
}

export interface LabelsFacet {
  /** All labels in use or made, by key. */
  list?: Verb<object, object, AsyncIterable<Label>>;
  /** Makes a label that nothing carries yet. */
  create?: Verb<{ readonly key: string; readonly value: string }, object, Promise<Label>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<LabelTarget, object, Promise<Labelled>>;
  /** Null takes a label away; those not named stay. */
  set?: Verb<
    LabelTarget & { readonly labels: Readonly<Record<string, string | null>> },
    LabelSetOptions,
    Promise<Mutation<Labelled>>
  >;
}
