import type { Service as ServiceDefinition } from '../compose/project.js';
import type { Mutation } from './actions.js';
import type { Container } from './containers.js';
import type { MutationOptions, Verb, WaitOptions } from './verb.js';

/** An image that nodes have. Its containers: `containers.list` with `image`. */
export interface Image {
  /** `sha256:...`. */
  readonly id: string;
  /** `repository:tag`, sorted; empty for an image without a name. */
  readonly tags: readonly string[];
  /** `repository@sha256:...`, sorted. */
  readonly digests: readonly string[];
  readonly sizeBytes: number;
  /** Names of the nodes that have it, sorted. */
  readonly nodes: readonly string[];
  /** RFC 3339; null where the platform does not tell. */
  readonly createdAt: string | null;
}

/** What containers of an image do unless told otherwise. */
export interface ImageDetail extends Image {
  readonly architecture: string | null;
  readonly os: string | null;
  readonly command: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  /** `80/tcp`. */
  readonly ports: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface ImageRef {
  /** `repository[:tag]`, `repository@digest`, an id or a prefix of one. */
  readonly image: string;
}

/** On which node; where there is only one it need not be said. */
export interface ImageNodeOptions {
  /** Id, prefix of one, or name. */
  readonly node?: string;
}

/** Credentials of a registry are those of the registries facet. */
export interface ImagesFacet {
  /** By first tag. */
  list?: Verb<object, ImageNodeOptions, AsyncIterable<Image>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<ImageRef, ImageNodeOptions, Promise<ImageDetail>>;
  /** `platform`: `linux/arm64`. */
  pull?: Verb<ImageRef, WaitOptions & ImageNodeOptions & { readonly platform?: string }, Promise<Mutation<Image>>>;
  /** To the registry that its name names. */
  push?: Verb<ImageRef, WaitOptions & ImageNodeOptions, Promise<Mutation<Image>>>;
  /** `target`: `repository[:tag]`. */
  tag?: Verb<ImageRef & { readonly target: string }, WaitOptions & ImageNodeOptions, Promise<Mutation<Image>>>;
  /** Starts one container of it that no stack owns, and does not wait for its end. */
  run?: Verb<
    ImageRef & { readonly definition: ServiceDefinition },
    MutationOptions & ImageNodeOptions,
    Promise<Mutation<Container>>
  >;
  /**
   * Takes the name off, and the image away with its last one. `force` although stopped containers use it or it has several
   * tags. `plan` names what went. Throws RefusedError while it is in use.
   */
  remove?: Verb<ImageRef, WaitOptions & ImageNodeOptions & { readonly force?: boolean }, Promise<Mutation<Image>>>;
}
