import type { Mutation } from './actions.js';
import type { MutationOptions, Verb } from './verb.js';

/** Which nodes may run a stack: those that have all of these labels (Deis: the tags of an app). */
export interface Placement {
  readonly labels: Readonly<Record<string, string>>;
}

export interface PlacementFacet {
  /** `stack`: name or id. */
  get?: Verb<{ readonly stack: string }, object, Promise<Placement>>;
  /** Null takes a label away; those not named stay. Throws RolloutError `unplaceable` when no node fits. */
  set?: Verb<
    { readonly stack: string; readonly labels: Readonly<Record<string, string | null>> },
    MutationOptions,
    Promise<Mutation<Placement>>
  >;
}
