import { type Project } from '../compose/project.js';
import { type Mutation } from './actions.js';
import { type MutationOptions, type Verb } from './verb.js';

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
}

/** A stack with its stored definition. */
export interface StackDetail extends Stack {
  readonly definition: Project;
}

/** What `create` and `up` take: the name is the project's. */
export interface StackDefinition {
  readonly project: Project;
}

export interface StackRef {
  /** Id, prefix of one, or name. */
  readonly stack: string;
}

export interface StackUpOptions extends MutationOptions {
  /** Only these services and what they depend on. Unknown names are a NotFoundError before anything is sent. */
  readonly services?: readonly string[];
  /** Remove services that are gone from the file. Default false: they are left alone, and named in the plan's notes. */
  readonly prune?: boolean;
}

export interface StackTerminateOptions extends MutationOptions {
  /** Remove the stack's volumes too. Default false. */
  readonly volumes?: boolean;
}

export interface StacksFacet {
  /** By name. */
  list?: Verb<object, object, AsyncIterable<Stack>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<StackRef, object, Promise<StackDetail>>;
  /** Stores the definition without running it. Throws ConflictError when the name is taken. */
  create?: Verb<StackDefinition, { readonly dryRun?: boolean }, Promise<Mutation<Stack>>>;
  /** Makes what runs be what the definition says; creates the stack where there is none. Idempotent. */
  up?: Verb<StackDefinition, StackUpOptions, Promise<Mutation<Stack>>>;
  /** Stores a new definition; what runs stays until `redeploy` or `up`. */
  update?: Verb<StackDefinition & StackRef, MutationOptions, Promise<Mutation<Stack>>>;
  start?: Verb<StackRef, MutationOptions, Promise<Mutation<Stack>>>;
  stop?: Verb<StackRef, MutationOptions, Promise<Mutation<Stack>>>;
  redeploy?: Verb<StackRef, MutationOptions & { readonly reuseVolumes?: boolean }, Promise<Mutation<Stack>>>;
  /** Stops and removes what runs, then the stack. History is kept where the backend has one. */
  terminate?: Verb<StackRef, StackTerminateOptions, Promise<Mutation<Stack>>>;
  /** The definition as the platform would give it back, overlays applied. */
  export?: Verb<StackRef, object, Promise<Project>>;
}
