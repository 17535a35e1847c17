import {
  AuthenticationError,
  isBerthError,
  NotFoundError,
  RefusedError,
  UnreachableError,
} from '../../../port/errors.js';
import { isDaemonError } from '../engine-api/daemon-error.js';

/** What was being done with an image, for messages: `cannot pull web:1`. */
export interface ImageWork {
  readonly doing: 'pull' | 'push' | 'tag' | 'remove';
  readonly image: string;
  /** Of the registry that was asked; null where none was. */
  readonly host: string | null;
}

/**
 * The error to tell for what a daemon, or the registry behind it, said of an image. Engine API 1.41 tells of most
 * refusals of registries as 500, so that words count.
 */
export function imageError(error: unknown, work: ImageWork): unknown {
  if (!isDaemonError(error)) return error;
  const { doing, image, host } = work;
  const options = { detail: error.message, cause: error };
  const message = `cannot ${doing} ${image}`;
  if (host !== null && isUnreachable(error.message)) {
    return new UnreachableError(`${message}: the daemon does not reach the registry ${host}`, {
      ...options,
      hint: 'Nothing was changed. The daemon connects to registries itself: look at its network, proxy and DNS.',
    });
  }
  if (host !== null && (error.code === 'authentication' || deniesAccess(error.message))) {
    return new AuthenticationError(`${message}: ${host} refuses access`, {
      ...options,
      hint: `Log in with \`berth registry login ${host}\`. The image may also not be there: some registries do not tell.`,
    });
  }
  if (error.code === 'not_found' || isMissing(error.message)) {
    return new NotFoundError(
      doing === 'pull' ? `${message}: there is no such image` : `no image ${JSON.stringify(image)}`,
      {
        ...options,
        hint: doing === 'pull' ? 'See that name and tag are right.' : 'List them with `berth image ls`.',
      },
    );
  }
  return new RefusedError(message, { ...options, hint: hintFor(error.message, work) });
}

/** For an error of a registry that was asked for by the daemon. Undefined for another. */
export function unreachableRegistry(error: unknown, host: string): UnreachableError | undefined {
  if (!isBerthError(error) || !isDaemonError(error) || !isUnreachable(error.message)) return undefined;
  return new UnreachableError(`the daemon does not reach the registry ${host}`, {
    detail: error.message,
    hint: 'The daemon connects to registries itself: look at its network, proxy and DNS.',
    cause: error,
  });
}

/** Words of Go's network library, which daemons pass on. */
function isUnreachable(words: string): boolean {
  return /dial tcp|no such host|connection refused|connection reset|i\/o timeout|TLS handshake|x509:|server gave HTTP response to HTTPS client|deadline exceeded|network is unreachable|Client\.Timeout|: EOF$/i.test(
    words,
  );
}

function deniesAccess(words: string): boolean {
  return /pull access denied|requested access to the resource is denied|authentication required/i.test(words);
}

function isMissing(words: string): boolean {
  return /no such image|does not exist locally/i.test(words);
}

function hintFor(words: string, { doing }: ImageWork): string {
  if (doing !== 'remove') return 'Nothing was changed.';
  if (words.includes('cannot be forced')) return 'Nothing was changed. Stop the container that runs it first.';
  if (words.includes('multiple repositories'))
    return 'Nothing was changed. Remove it by its names, or all of them with --force.';
  return 'Nothing was changed. Remove the container that uses it first, or take the name off with --force.';
}
