import type { Project } from '../compose/project.js';
import type { Mutation } from './actions.js';
import type { MutationOptions, Verb } from './verb.js';

/** States of a stack and of a service (the vocabulary of reference dockercloud/API.md sections 6.2 and 7.2). */
export type DeploymentState =
  | 'Not running'
  | 'Starting'
  | 'Running'
  | 'Partly running'
  | 'Scaling'
  | 'Redeploying'
  | 'Stopping'
  | 'Stopped'
  | 'Terminating'
  | 'Terminated';

/** A named set of services: the definition and what runs of it. */
export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly state: DeploymentState;
  /** False when the definition differs from what runs. */
  readonly synchronized: boolean;
  /** Names of its services, sorted. */
  readonly services: readonly string[];
  /** What runs it: `sandbox`, `docker`, `swarm`; null on a remote platform. */
  readonly engine: string | null;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; null before the first deployment. */
  readonly deployedAt: string | null;
  /** RFC 3339; of a stack that is gone, where the platform still lists it. */
  readonly terminatedAt?: string | null;
  /** Who may give it away, where the platform knows one owner. */
  readonly owner?: string;
}

/** A stack with its stored definition. */
export interface StackDetail extends Stack {
  readonly definition: Project;
  /** Where it is reached, where the platform gives it an address. */
  readonly url?: string | null;
  /** RFC 3339; when anything of it was last changed, where the platform tells. */
  readonly updatedAt?: string;
}

/** What `create` and `up` take: the name is the project's. */
export interface StackDefinition {
  readonly project: Project;
}

export interface StackRef {
  /**
   * Id, prefix of one, or name. On Deis also those of an app that a stack of several apps holds; on the engine also of a
   * service that stands alone, which has releases and configuration as a stack has.
   */
  readonly stack: string;
}

export interface StackListOptions {
  /** Also those that have been terminated lately. Default false. */
  readonly all?: boolean;
  /** A row an app, where one stack may be several (Deis); everywhere else a stack is one app. Default false. */
  readonly apps?: boolean;
}

export interface StackCreateOptions {
  readonly dryRun?: boolean;
  /** Refuse keys that the backend cannot do, in place of naming them in a warning. Default false. */
  readonly strict?: boolean;
  /** Let the platform choose the name; the project's is not used. Default false. */
  readonly generateName?: boolean;
}

export interface StackUpdateOptions extends MutationOptions {
  /** Replace what runs and differs at once. Default false. */
  readonly redeploy?: boolean;
}

export interface RedeployOptions extends MutationOptions {
  /** Give the new containers the volumes of the old. Default true. */
  readonly reuseVolumes?: boolean;
  /** One container after the other, each waited for until it runs and is healthy. Default: as the definition says. */
  readonly oneAtATime?: boolean;
  /** Called before a container is stopped, to take it out of a load balancer; it stays when this throws. */
  readonly beforeStop?: (container: { readonly id: string; readonly name: string }) => Promise<void>;
}

/** One stack takes the place of another. */
export interface StackPromotion {
  /** Name or id of the one that is live. */
  readonly stack: string;
  /** Name or id of the one that shall be. */
  readonly candidate: string;
  /** The key of the key-value store in which routers find the id of the live one. */
  readonly key: string;
}

export interface StackUpOptions extends MutationOptions {
  /** Only these services and what they depend on. Unknown names are a NotFoundError before anything is sent. */
  readonly services?: readonly string[];
  /** Remove services that are gone from the file. Default false: they are left alone, and named in the plan's notes. */
  readonly prune?: boolean;
  /** Drop what `config set`, or `scale`, laid over the file. Default false. */
  readonly resetConfig?: boolean;
  readonly resetScale?: boolean;
  /** Go back to the release before when the rollout fails. Default false. */
  readonly rollbackOnFailure?: boolean;
  /** Refuse keys that the backend cannot do, in place of naming them in a warning. Default false. */
  readonly strict?: boolean;
  /** How long what runs must stay up before the rollout counts as done, in milliseconds (>= 0). */
  readonly monitorMs?: number;
}

export interface StackTerminateOptions extends MutationOptions {
  /** Remove the stack's volumes too. Default false. */
  readonly volumes?: boolean;
}

export interface StacksFacet {
  /** By name. */
  list?: Verb<object, StackListOptions, AsyncIterable<Stack>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<StackRef, object, Promise<StackDetail>>;
  /** Stores the definition without running it. Throws ConflictError when the name is taken. */
  create?: Verb<StackDefinition, StackCreateOptions, Promise<Mutation<Stack>>>;
  /** Makes what runs be what the definition says; creates the stack where there is none. Idempotent. */
  up?: Verb<StackDefinition, StackUpOptions, Promise<Mutation<Stack>>>;
  /** Stores a new definition; what runs stays until `redeploy` or `up`. */
  update?: Verb<StackDefinition & StackRef, StackUpdateOptions, Promise<Mutation<Stack>>>;
  start?: Verb<StackRef, MutationOptions, Promise<Mutation<Stack>>>;
  stop?: Verb<StackRef, MutationOptions, Promise<Mutation<Stack>>>;
  /** Replaces every container with a new one of the stored definition. */
  redeploy?: Verb<StackRef, RedeployOptions, Promise<Mutation<Stack>>>;
  /** Stops and removes what runs, then the stack. History is kept where the backend has one. */
  terminate?: Verb<StackRef, StackTerminateOptions, Promise<Mutation<Stack>>>;
  /**
   * The definition as the platform would give it back, overlays applied; without the contents of secrets and configs. With
   * `live` as its containers say it; then `stack` may also be the name of one that another tool has deployed.
   */
  export?: Verb<StackRef, { readonly live?: boolean }, Promise<Project>>;
  /** Gives it to another user. Throws NotFoundError for an unknown one. */
  transfer?: Verb<StackRef & { readonly owner: string }, object, Promise<Mutation<Stack>>>;
  /**
   * Takes over what another tool deployed on the engine under that project name, without touching what runs. Throws
   * NotFoundError when nothing runs under it, ConflictError when it is the name of a stack already.
   */
  adopt?: Verb<{ readonly name: string }, MutationOptions, Promise<Mutation<Stack>>>;
  /** Spreads its replicas over the nodes again. */
  rebalance?: Verb<StackRef, MutationOptions, Promise<Mutation<Stack>>>;
  /** Starts the candidate, waits until it is healthy, flips the key, stops the old one; undone on failure. */
  promote?: Verb<StackPromotion, MutationOptions, Promise<Mutation<Stack>>>;
}
