import type { Mutation } from './actions.js';
import type { MutationOptions, Verb } from './verb.js';

/** A host name under which a stack is reached. */
export interface Domain {
  readonly name: string;
  readonly stack: string;
  readonly owner: string;
  /** Name of the certificate attached to it. */
  readonly certificate: string | null;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** A part of the paths of a stack's domains that goes to one of its services. */
export interface Route {
  /** Name within the stack. */
  readonly service: string;
  /** Begins with `/`. */
  readonly path: string;
}

/** How requests reach a stack. Null where the platform has no such switch. */
export interface Routing {
  /** False: no request reaches it. */
  readonly enabled: boolean | null;
  /** True: requests are answered by a maintenance page. */
  readonly maintenance: boolean | null;
  /** True: plain HTTP is redirected. */
  readonly httpsOnly: boolean | null;
  /** Addresses and networks that requests may come from; empty is everywhere. */
  readonly allowedAddresses: readonly string[];
  readonly routes: readonly Route[];
}

/** What to change; what is absent stays, a list replaces the list. */
export type RoutingChange = { readonly [K in keyof Routing]?: NonNullable<Routing[K]> };

export interface DomainsFacet {
  /** By name; of all stacks where none is named. */
  list?: Verb<object, { readonly stack?: string }, AsyncIterable<Domain>>;
  /** Throws ConflictError when another stack has it. */
  add?: Verb<{ readonly stack: string; readonly domain: string }, object, Promise<Domain>>;
  remove?: Verb<{ readonly stack: string; readonly domain: string }, object, Promise<void>>;
  routing?: Verb<{ readonly stack: string }, object, Promise<Routing>>;
  setRouting?: Verb<
    { readonly stack: string; readonly change: RoutingChange },
    MutationOptions,
    Promise<Mutation<Routing>>
  >;
}
