import type { Mutation } from './actions.js';
import type { MutationOptions, Verb } from './verb.js';

/** What one service's replicas may use, each of them. Null is unlimited. */
export interface ServiceLimits {
  /** Name within its stack. */
  readonly service: string;
  readonly memoryBytes: number | null;
  /** Set aside for it when a node is chosen. */
  readonly memoryReservationBytes: number | null;
  /** Cores; fractions allowed. */
  readonly cpus: number | null;
  readonly cpuReservation: number | null;
  /** Relative weight, 0-1024: what platforms have that cannot cap cores. */
  readonly cpuShares: number | null;
}

/** What to change of one service's limits: null lifts a limit, what is absent stays. */
export type LimitChange = { readonly [L in keyof Omit<ServiceLimits, 'service'>]?: ServiceLimits[L] };

export interface LimitsFacet {
  /** One row a service that has a limit, by name. `stack`: name or id. */
  get?: Verb<{ readonly stack: string }, object, Promise<readonly ServiceLimits[]>>;
  /** Changes the limits of several services at once, all or nothing; keys are names of services. */
  set?: Verb<
    { readonly stack: string; readonly limits: Readonly<Record<string, LimitChange>> },
    MutationOptions,
    Promise<Mutation<readonly ServiceLimits[]>>
  >;
}
