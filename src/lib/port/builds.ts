import type { Mutation } from './actions.js';
import type { MutationOptions, Verb } from './verb.js';

/** An image that an app was told to run, with its process types. */
export interface Build {
  readonly id: string;
  readonly stack: string;
  /** Who made it. */
  readonly user: string;
  readonly image: string;
  /** Commit it was made from; null for an image that was only named. */
  readonly revision: string | null;
  /** Process type -> command; empty where the image has one command. */
  readonly processes: Readonly<Record<string, string>>;
  /** Text of the Dockerfile it was made from, if any. */
  readonly dockerfile: string | null;
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface BuildCreation {
  /** Name or id. */
  readonly stack: string;
  readonly image: string;
  readonly revision?: string;
  readonly processes?: Readonly<Record<string, string>>;
  readonly dockerfile?: string;
}

export interface BuildsFacet {
  /** Newest first. */
  list?: Verb<{ readonly stack: string }, { readonly limit?: number }, AsyncIterable<Build>>;
  /** `build`: id or prefix of one. Throws NotFoundError or AmbiguousError. */
  get?: Verb<{ readonly stack: string; readonly build: string }, object, Promise<Build>>;
  /** Makes the app run the image: a new release. */
  create?: Verb<BuildCreation, MutationOptions, Promise<Mutation<Build>>>;
}
