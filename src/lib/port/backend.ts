import { type ActionsFacet } from './actions.js';
import { type ContainersFacet } from './containers.js';
import { type LogsFacet } from './logs.js';
import { type Principal } from './principal.js';
import { type ServicesFacet } from './services.js';
import { type StacksFacet } from './stacks.js';

/** Every facet, one a noun. */
export interface FacetMap {
  readonly stacks: StacksFacet;
  readonly services: ServicesFacet;
  readonly containers: ContainersFacet;
  readonly logs: LogsFacet;
  readonly actions: ActionsFacet;
}

export type FacetName = keyof FacetMap;

/** What a backend offers. A facet, or a verb of one, that the platform lacks is not there. */
export type Facets = Partial<FacetMap>;

/** What verbs talk to, opened for one principal. */
export interface Backend {
  readonly name: 'dockercloud' | 'deis' | 'oracle' | 'engine';
  /** For messages: `the sandbox engine`, `Deis 1.7 at http://deis.example.com`. */
  readonly description: string;
  readonly principal: Principal;
  readonly facets: Facets;
  /** What to do instead of a verb (`facet.verb`) or facet that is not there: a sentence each. */
  readonly instead: Readonly<Record<string, string>>;
  /** Lets go of files and sockets. Idempotent. */
  close(): Promise<void>;
}
