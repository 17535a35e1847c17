import type { Mutation } from '../../../port/actions.js';
import { AmbiguousError, NotFoundError } from '../../../port/errors.js';
import type { Image, ImageDetail, ImagesFacet } from '../../../port/images.js';
import type { PlannedStep } from '../../../port/plan.js';
import { type CallContext, verb } from '../../../port/verb.js';
import { nearest } from '../../../text/nearest.js';
import type { EngineApi } from '../engine-api/api.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import {
  credentialsFor,
  type Environment,
  imageReference,
  readDockerConfig,
  registryAuth,
  registryOf,
} from '../engine-api/docker-config.js';
import { decodeImage, decodeImages, decodeRemovals } from './images-decode.js';
import { imageError } from './images-errors.js';
import { type CredentialSource, pullImage, pushImage, taggedName } from './images-pull.js';

export interface DockerImagesOptions {
  readonly env: Environment;
  /** The user's home directory. */
  readonly home: string;
  /** The daemon's name for its machine. */
  readonly nodeName: string;
}

/** Credentials of a registry as Docker's own client keeps them. */
export function storedCredentials(env: Environment, home: string): CredentialSource {
  return async (image, signal) => {
    const found = await credentialsFor(readDockerConfig(env, home), registryOf(image), signal);
    return found === null ? null : registryAuth(found);
  };
}

/** The images of a Docker engine: one node has them. */
export function dockerImages(api: EngineApi, { env, home, nodeName }: DockerImagesOptions): ImagesFacet {
  const credentials = storedCredentials(env, home);
  const images = new Images(api, nodeName);
  return {
    list: verb([], (_request, _options, context) => images.list(context)),
    get: verb([], ({ image }, _options, context) => images.get(image, context)),
    pull: verb(['platform'], async ({ image }, { platform }, context) => {
      const local = localName(image);
      const before = await images.find(local, context);
      const options = { ...(platform !== undefined && { platform }), ...reporting(context) };
      await pullImage(api, credentials, image, options, context.signal);
      const subject = asImage(await images.get(local, context));
      const [operation, reason] = before === null ? (['create', 'new'] as const) : (['update', 'newer'] as const);
      return changed(subject, before?.id === subject.id ? [] : [step('pull', operation, image, reason)]);
    }),
    push: verb([], async ({ image }, _options, context) => {
      const { name, tag } = taggedName(image);
      const subject = asImage(await images.get(`${name}:${tag}`, context));
      await pushImage(api, credentials, image, reporting(context), context.signal);
      return changed(subject, [step('push', 'store', image, `to ${registryOf(image)}`)]);
    }),
    tag: verb([], ({ image, target }, _options, context) => images.tag(image, target, context)),
    remove: verb(['force'], ({ image }, { force = false }, context) => images.remove(image, force, context)),
  };
}

class Images {
  readonly #api: EngineApi;
  readonly #node: string;

  constructor(api: EngineApi, node: string) {
    this.#api = api;
    this.#node = node;
  }

  async *list(context: CallContext): AsyncIterable<Image> {
    yield* await this.#all(context);
  }

  /** By name, id or a prefix of one; null where there is none. */
  async find(image: string, { signal }: CallContext): Promise<ImageDetail | null> {
    try {
      const { body } = await this.#api.call({ method: 'GET', path: `${pathOf(image)}/json` }, signal);
      return decodeImage(body, this.#node);
    } catch (error) {
      if (isDaemonError(error, 404)) return null;
      throw error;
    }
  }

  /** @throws NotFoundError with the nearest name; AmbiguousError for the beginning of several ids. */
  async get(image: string, context: CallContext): Promise<ImageDetail> {
    const found = image === '' ? null : await this.find(image, context);
    if (found !== null) return found;
    const all = await this.#all(context);
    // The daemon says of the beginning of several ids that there is no such image (Engine API 1.41).
    const begun = /^[0-9a-f]+$/.test(image) ? all.filter(({ id }) => id.startsWith(`sha256:${image}`)) : [];
    if (begun.length > 1) {
      throw new AmbiguousError(`${begun.length} images match ${JSON.stringify(image)}`, {
        hint: `Use one of: ${begun.map(({ id, tags }) => tags[0] ?? id.slice(7, 19)).join(', ')}.`,
      });
    }
    const near = nearest(
      image,
      all.flatMap(({ tags }) => tags),
    );
    throw new NotFoundError(`no image ${JSON.stringify(image)}`, {
      hint: near === undefined ? 'List them with `berth image ls`.' : `Did you mean ${near}?`,
    });
  }

  async tag(image: string, target: string, context: CallContext): Promise<Mutation<Image>> {
    const { name, tag } = taggedName(target);
    const source = asImage(await this.get(image, context));
    const before = await this.find(`${name}:${tag}`, context);
    if (before?.id === source.id) return changed(source, []);
    try {
      const call = { method: 'POST', path: `${pathOf(source.id)}/tag`, query: { repo: name, tag } } as const;
      await this.#api.call(call, context.signal);
    } catch (error) {
      throw imageError(error, { doing: 'tag', image, host: null });
    }
    const reason = before === null ? 'new' : `image: ${shortId(before.id)} -> ${shortId(source.id)}`;
    const made = step('tag', before === null ? 'create' : 'update', `${name}:${tag}`, reason);
    return changed(asImage(await this.get(`${name}:${tag}`, context)), [made]);
  }

  async remove(image: string, force: boolean, context: CallContext): Promise<Mutation<Image>> {
    await this.get(image, context);
    try {
      const call = { method: 'DELETE', path: pathOf(image), query: { force: force ? 1 : undefined } } as const;
      const { body } = await this.#api.call(call, context.signal);
      return changed(
        null,
        decodeRemovals(body).map(({ did, name }) => step('remove', 'remove', name, did)),
      );
    } catch (error) {
      throw imageError(error, { doing: 'remove', image, host: null });
    }
  }

  async #all({ signal }: CallContext): Promise<readonly Image[]> {
    const { body } = await this.#api.call({ method: 'GET', path: '/images/json' }, signal);
    return decodeImages(body, this.#node).sort(byFirstTag);
  }
}

/** Those without a name come last. */
function byFirstTag(one: Image, other: Image): number {
  const [a, b] = [one, other].map(({ tags, id }) => `${tags.length === 0 ? '1' : '0'}${tags[0] ?? id}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
}

function pathOf(image: string): string {
  return `/images/${encodeURIComponent(image)}`;
}

/** What a daemon calls an image that it has pulled. @throws UsageError for what is no name of one. */
function localName(image: string): string {
  const { name, tag, digest } = imageReference(image);
  return digest === null ? `${name}:${tag ?? 'latest'}` : `${name}@${digest}`;
}

function asImage({ id, tags, digests, sizeBytes, nodes, createdAt }: ImageDetail): Image {
  return { id, tags, digests, sizeBytes, nodes, createdAt };
}

function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

function reporting({ progress }: CallContext): Pick<CallContext, 'progress'> {
  return progress === undefined ? {} : { progress };
}

function step(does: string, operation: PlannedStep['operation'], name: string, reason: string): PlannedStep {
  return { id: `${does} image ${name}`, operation, kind: 'image', name, reasons: [reason] };
}

function changed(subject: Image | null, plan: readonly PlannedStep[]): Mutation<Image> {
  return { subject, action: null, plan };
}
