import type { Mutation } from './actions.js';
import type { LimitChange } from './limits.js';
import type { MutationOptions, Verb } from './verb.js';

/** A variable of an app's or service's environment. */
export interface ConfigVariable {
  readonly key: string;
  readonly value: string;
  /** Where it comes from: a `config set` laid over the file, the definition, the image, or the platform itself. */
  readonly origin: 'set' | 'definition' | 'image' | 'platform';
}

/** The environment of a stack or service as its next replica gets it. */
export interface Config {
  /** By key; of several origins only the one that wins. */
  readonly variables: readonly ConfigVariable[];
  /** The release that carries it; null where the platform keeps none. */
  readonly release: number | null;
}

/** Whose environment: that of all services of a stack (an app), or of one service. Names or ids. */
export type ConfigTarget = { readonly stack: string } | { readonly service: string };

/**
 * A change of the environment, as one release. Limits and placement may ride along, because Deis changes all of them in
 * one call that makes one release (reference/deis/API.md section 2, Config).
 */
export interface ConfigChange {
  readonly target: ConfigTarget;
  /** Null unsets; keys not named stay. */
  readonly values: Readonly<Record<string, string | null>>;
  /** Keys are names of services. Only with a stack as target. */
  readonly limits?: Readonly<Record<string, LimitChange>>;
  /** Only with a stack as target. */
  readonly placement?: Readonly<Record<string, string | null>>;
}

export interface ConfigSetOptions extends MutationOptions {
  /** Also unset every variable set by a verb or the definition that `values` does not name. Default false. */
  readonly replace?: boolean;
  /** Replace running containers so that they see it. Default true. */
  readonly redeploy?: boolean;
  /**
   * What the keys that are given a value, or unset, have to be before: `new` refuses those that are there
   * (ConflictError), `existing` those that are not (NotFoundError). All or nothing. Default: anything.
   */
  readonly expect?: 'new' | 'existing';
}

export interface ConfigFacet {
  get?: Verb<{ readonly target: ConfigTarget }, object, Promise<Config>>;
  /**
   * Sets and unsets, as one release. An overlay: it outlives a new definition. What is unset is not there afterwards, also
   * where the definition has it; `stack up --reset-config` takes the overlay away.
   */
  set?: Verb<ConfigChange, ConfigSetOptions, Promise<Mutation<Config>>>;
}
