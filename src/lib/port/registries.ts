import type { Verb } from './verb.js';

/** A registry host that images come from. Its password is never told. */
export interface Registry {
  readonly id: string;
  readonly name: string;
  /** `host[:port]`. */
  readonly host: string;
  /** Null without credentials. */
  readonly username: string | null;
  readonly email: string | null;
  readonly description: string | null;
  /** True for Docker's own. */
  readonly official: boolean;
  /** False where images may come without encryption. */
  readonly tls: boolean;
}

/** One repository of a registry, with credentials of its own (Docker Cloud). */
export interface Repository {
  /** `host[:port]/path`. */
  readonly name: string;
  /** Host of its registry. */
  readonly registry: string;
  /** True while a service uses it. */
  readonly inUse: boolean;
}

export interface RegistryRef {
  /** Id, prefix of one, name or host. */
  readonly registry: string;
}

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

export interface RegistryCreation extends RegistryCredentials {
  /** `host[:port]`. */
  readonly host: string;
  readonly email?: string;
  readonly description?: string;
}

/** What to change; what is absent stays. */
export type RegistryChange = RegistryRef & { readonly [K in keyof RegistryCreation]?: RegistryCreation[K] };

/** Where credentials belong to one stack only (Deis v2): its name or id. */
export interface RegistryScope {
  readonly stack?: string;
}

export interface RegistriesFacet {
  /** By host. */
  list?: Verb<object, RegistryScope, AsyncIterable<Registry>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<RegistryRef, RegistryScope, Promise<Registry>>;
  /** Throws ConflictError when the host is there already. */
  create?: Verb<RegistryCreation, RegistryScope, Promise<Registry>>;
  /** Asks the registry whether it takes the credentials, then keeps them in place of older ones. */
  login?: Verb<RegistryCreation, object, Promise<Registry>>;
  update?: Verb<RegistryChange, RegistryScope, Promise<Registry>>;
  remove?: Verb<RegistryRef, RegistryScope, Promise<void>>;
  /** Gives the credentials now kept to services that run already, without replacing a container. */
  refresh?: Verb<RegistryRef, object, Promise<void>>;
  /** By name. */
  repositories?: Verb<object, { readonly registry?: string }, AsyncIterable<Repository>>;
  repository?: Verb<{ readonly name: string }, object, Promise<Repository>>;
  addRepository?: Verb<RegistryCredentials & { readonly name: string }, object, Promise<Repository>>;
  /** What is absent stays. */
  updateRepository?: Verb<
    { readonly name: string; readonly username?: string; readonly password?: string },
    object,
    Promise<Repository>
  >;
  /** Forgets it; images stay where they are. */
  removeRepository?: Verb<{ readonly name: string }, object, Promise<void>>;
}
