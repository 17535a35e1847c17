import type { Project } from '../compose/project.js';
import type { Mutation } from './actions.js';
import type { MutationOptions, Verb } from './verb.js';

/** A numbered state of a stack: definition, overlays and builds together. */
export interface Release {
  readonly id: string;
  readonly stack: string;
  /** Counted from 1 without gaps. */
  readonly version: number;
  /** Who made it. */
  readonly user: string;
  /** What changed, one line: `changed DEBUG`, or the platform's own words, which may name the user too. */
  readonly summary: string;
  /** True for the one that runs. */
  readonly current: boolean;
  /** True when its rollout failed. */
  readonly failed: boolean;
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface ReleaseDetail extends Release {
  /** Id of the build it runs; null before the first, and where the platform has none. */
  readonly build: string | null;
  /** Id of its configuration; null where the platform has none of its own. */
  readonly config: string | null;
  /** What it runs, overlays applied; null where the platform does not keep it. */
  readonly definition: Project | null;
}

/** One field in which two releases differ. Null is absent. */
export interface ReleaseChange {
  /** Dotted: `services.web.image`. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface ReleaseRef {
  /** Name or id. */
  readonly stack: string;
  readonly version: number;
}

export interface ReleasesFacet {
  /** Newest first. */
  list?: Verb<{ readonly stack: string }, { readonly limit?: number }, AsyncIterable<Release>>;
  /** Throws NotFoundError. */
  get?: Verb<ReleaseRef, object, Promise<ReleaseDetail>>;
  /**
   * By path; empty when they are alike. Values that may be secret are told as `***` unless `reveal` (default false) asks for
   * them.
   */
  diff?: Verb<
    { readonly stack: string; readonly from: number; readonly to: number },
    { readonly reveal?: boolean },
    Promise<readonly ReleaseChange[]>
  >;
  /**
   * Runs an earlier release again, as a new one; by default the last that went well before what runs. Throws NotFoundError,
   * RefusedError where there is none.
   */
  rollback?: Verb<{ readonly stack: string; readonly version?: number }, MutationOptions, Promise<Mutation<Release>>>;
}
