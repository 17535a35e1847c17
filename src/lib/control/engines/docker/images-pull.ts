import { UsageError } from '../../../port/errors.js';
import type { ProgressEvent } from '../../../port/verb.js';
import type { ApiCall, EngineApi } from '../engine-api/api.js';
import { progressError } from '../engine-api/daemon-error.js';
import { imageReference, registryOf } from '../engine-api/docker-config.js';
import { imageError, type ImageWork } from './images-errors.js';
import { LayerProgress, Pace } from './images-progress.js';

/** Gives the value of `X-Registry-Auth` for the registry of an image; null where there are no credentials for it. */
export type CredentialSource = (image: string, signal: AbortSignal) => Promise<string | null>;

export interface TransferOptions {
  /** `linux/arm64`. Pulls only; the daemon's own where it is absent. */
  readonly platform?: string;
  readonly progress?: (event: ProgressEvent) => void;
}

/** `{}` in the encoding of `X-Registry-Auth`: a push without credentials has to say so (Engine API 1.41). */
const noCredentials = 'e30=';

/** Between two events of progress, in milliseconds. */
const paceMs = 200;

/**
 * Makes a daemon pull an image, one tag or digest of it, and waits for the end.
 *
 * @throws UsageError for what is no name of an image; AuthenticationError, NotFoundError, UnreachableError or RefusedError
 *   with the words of the registry.
 */
export async function pullImage(
  api: EngineApi,
  credentials: CredentialSource,
  image: string,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<void> {
  const { name, tag, digest } = imageReference(image);
  // Without a tag the daemon would pull all of them.
  const version = digest ?? tag ?? 'latest';
  const auth = await credentials(image, signal);
  const call = {
    method: 'POST',
    path: '/images/create',
    query: { fromImage: name, tag: version, platform: options.platform },
    ...(auth !== null && { headers: { 'X-Registry-Auth': auth } }),
  } as const;
  await transfer(api, call, { doing: 'pull', image, host: registryOf(image) }, options, signal);
}

/**
 * The name and tag that an image is pushed under, or gets.
 *
 * @throws UsageError for what is no name of an image, and for a digest: nobody chooses it.
 */
export function taggedName(image: string): { readonly name: string; readonly tag: string } {
  const { name, tag, digest } = imageReference(image);
  if (digest === null) return { name, tag: tag ?? 'latest' };
  throw new UsageError(`${JSON.stringify(image)} names a digest, where a tag is needed`, { hint: 'Like web:1.2.' });
}

/** Makes a daemon push one tag of an image. @throws like `pullImage`. */
export async function pushImage(
  api: EngineApi,
  credentials: CredentialSource,
  image: string,
  options: Pick<TransferOptions, 'progress'>,
  signal: AbortSignal,
): Promise<void> {
  const { name, tag } = taggedName(image);
  const auth = await credentials(image, signal);
  const call = {
    method: 'POST',
    path: `/images/${encodeURIComponent(name)}/push`,
    query: { tag },
    headers: { 'X-Registry-Auth': auth ?? noCredentials },
  } as const;
  await transfer(api, call, { doing: 'push', image, host: registryOf(image) }, options, signal);
}

const words = {
  pull: { working: 'pulling', done: 'pulled' },
  push: { working: 'pushing', done: 'pushed' },
} as const;

async function transfer(
  api: EngineApi,
  call: ApiCall,
  work: ImageWork & { readonly doing: 'pull' | 'push' },
  { progress }: TransferOptions,
  signal: AbortSignal,
): Promise<void> {
  const { working, done } = words[work.doing];
  const tell = (phase: ProgressEvent['phase'], status: string): void => {
    progress?.({ kind: 'image', name: work.image, phase, status });
  };
  const layers = new LayerProgress();
  const pace = new Pace(paceMs, () => performance.now());
  try {
    tell('working', working);
    for await (const line of api.jsonLines(call, signal)) {
      const failure = progressError(line, call.path);
      if (failure !== undefined) throw failure;
      layers.take(line);
      const text = layers.text();
      if (text !== null && pace.isDue()) tell('working', `${working} (${text})`);
    }
    tell('done', done);
  } catch (error) {
    signal.throwIfAborted();
    tell('failed', `not ${done}`);
    throw imageError(error, work);
  }
}
