import type { Project } from '../compose/project.js';
import type { Mutation } from './actions.js';
import type { Stack } from './stacks.js';
import type { MutationOptions, Verb } from './verb.js';

/** `service`: one with a single service. */
export type DefinitionKind = 'service' | 'stack';

/** A template that stacks are made from, as often as one likes. What runs keeps its own copy. */
export interface Definition {
  readonly id: string;
  readonly name: string;
  readonly kind: DefinitionKind;
  readonly description: string | null;
}

export interface DefinitionDetail extends Definition {
  readonly project: Project;
}

export interface DefinitionRef {
  /** Id, prefix of one, or name. */
  readonly definition: string;
  /** Absent: either. */
  readonly kind?: DefinitionKind;
}

export interface DeployOptions extends MutationOptions {
  /** Id of the new stack; chosen from its name and the time by default. */
  readonly id?: string;
  /** Name of the new stack; that of the definition by default. */
  readonly name?: string;
  /** Name or id of the pool that it is placed in. */
  readonly pool?: string;
  /** Replicas by service; services not named get what the definition says. */
  readonly replicas?: Readonly<Record<string, number>>;
  /** False leaves it stopped. Default true. */
  readonly start?: boolean;
}

export interface DefinitionsFacet {
  /** By name. */
  list?: Verb<object, { readonly kind?: DefinitionKind }, AsyncIterable<Definition>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<DefinitionRef, object, Promise<DefinitionDetail>>;
  /** The name is the project's. Throws ConflictError when it is taken. */
  create?: Verb<
    { readonly project: Project; readonly kind: DefinitionKind },
    { readonly dryRun?: boolean },
    Promise<Mutation<Definition>>
  >;
  /** Stacks made from it before stay as they are. */
  update?: Verb<
    DefinitionRef & { readonly project: Project },
    { readonly dryRun?: boolean },
    Promise<Mutation<Definition>>
  >;
  remove?: Verb<DefinitionRef, { readonly dryRun?: boolean }, Promise<Mutation<Definition>>>;
  /** Makes a stack from it. */
  deploy?: Verb<DefinitionRef, DeployOptions, Promise<Mutation<Stack>>>;
}
