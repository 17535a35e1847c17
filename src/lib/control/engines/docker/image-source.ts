import type { ServiceResource, StackScope } from '../../../plan/resources.js';
import { imageOf } from '../../../plan/image.js';
import { NotFoundError } from '../../../port/errors.js';
import type { CallContext } from '../../../port/verb.js';
import type { EngineApi } from '../engine-api/api.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import { readImage, type ImageFacts } from './wire.js';

/** Gets the images of containers, once a run. */
export interface ImageSource {
  /**
   * The image that a container of the service is made from, pulled where `pull_policy` asks for it or it is missing.
   *
   * @throws NotFoundError, AuthenticationError, DaemonError.
   */
  ensure(scope: StackScope, service: ServiceResource, signal: AbortSignal): Promise<ImageFacts>;
}

/** Pulls an image; tells how far it is. */
export type Pull = (image: string, platform: string | undefined, context: CallContext) => Promise<void>;

/** @param progress told of what is pulled; changes with the call that waits. */
export function imageSource(api: EngineApi, pull: Pull, progress: () => CallContext['progress']): ImageSource {
  const known = new Map<string, Promise<ImageFacts>>();
  const get = async (image: string, { definition }: ServiceResource, signal: AbortSignal): Promise<ImageFacts> => {
    const { pull_policy: policy = 'missing', platform } = definition;
    const tell = progress();
    const pullIt = async (): Promise<void> =>
      pull(image, typeof platform === 'string' ? platform : undefined, { signal, ...(tell && { progress: tell }) });
    if (policy === 'always') await pullIt();
    const found = await inspect(api, image, signal);
    if (found !== null) return found;
    if (policy === 'never' || policy === 'build') {
      throw new NotFoundError(`there is no image ${image} on this engine, and pull_policy is ${policy}`, {
        hint: `Build it, or get it with \`berth image pull ${image}\`.`,
      });
    }
    await pullIt();
    const pulled = await inspect(api, image, signal);
    if (pulled !== null) return pulled;
    throw new NotFoundError(`image ${image} was pulled, and is gone again`);
  };
  return {
    ensure: (scope, service, signal) => {
      const image = imageOf(scope.stack, service.name, service.definition);
      const key = `${image} ${service.hash} ${service.generation}`;
      let facts = known.get(key);
      if (facts === undefined) {
        facts = get(image, service, signal);
        known.set(key, facts);
        // What failed may work the next time.
        facts.catch(() => known.delete(key));
      }
      return facts;
    },
  };
}

async function inspect(api: EngineApi, image: string, signal: AbortSignal): Promise<ImageFacts | null> {
  try {
    const { body } = await api.call({ method: 'GET', path: `/images/${encodeURIComponent(image)}/json` }, signal);
    return readImage(body);
  } catch (error) {
    if (isDaemonError(error, 404)) return null;
    throw error;
  }
}
