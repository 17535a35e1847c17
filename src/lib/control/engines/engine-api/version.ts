import type { IncomingMessage } from 'node:http';
import { UnreachableError, UnsupportedError, UsageError } from '../../../port/errors.js';
import { daemonError } from './daemon-error.js';
import type { Environment } from './docker-config-file.js';
import type { Endpoint } from './endpoint.js';
import { describeEndpoint } from './unreachable.js';

export type ApiVersion = readonly [major: number, minor: number];

/** The newest version whose answers this client knows. */
const newest: ApiVersion = [1, 51];

/** Docker 1.12, the first with swarm mode. */
const oldest: ApiVersion = [1, 24];

/** True where `version` is `other` or newer. */
export function atLeast(version: ApiVersion, other: ApiVersion): boolean {
  return version[0] === other[0] ? version[1] >= other[1] : version[0] > other[0];
}

/**
 * The version that DOCKER_API_VERSION asks for, whatever the daemon says; null where it is not set.
 *
 * @throws UsageError for a value that is none.
 */
export function fixedVersion(env: Environment): ApiVersion | null {
  const text = env['DOCKER_API_VERSION'];
  if (!text) return null;
  const version = parseVersion(text.replace(/^v/, ''));
  if (version !== null && atLeast(version, oldest)) return version;
  throw new UsageError(`DOCKER_API_VERSION is ${JSON.stringify(text)}: it should be a version from 1.24 on, like 1.41`);
}

/**
 * What to speak with the daemon that answered to `/_ping`.
 *
 * @param text the body of the answer.
 * @throws UnsupportedError for a daemon that is too old, DaemonError when it refused, UnreachableError for what is no daemon.
 */
export function chooseVersion(
  answer: IncomingMessage,
  text: string,
  fixed: ApiVersion | null,
  endpoint: Endpoint,
): ApiVersion {
  const header = answer.headers['api-version'];
  const theirs = parseVersion(typeof header === 'string' ? header : '');
  if (theirs === null) throw noDaemon(answer.statusCode ?? 0, text, endpoint);
  if (fixed !== null) return fixed;
  if (atLeast(theirs, oldest)) return atLeast(theirs, newest) ? newest : theirs;
  throw new UnsupportedError(
    `${describeEndpoint(endpoint)} speaks Engine API ${theirs.join('.')}; berth needs ${oldest.join('.')} or newer`,
    { hint: 'Update Docker there.' },
  );
}

function noDaemon(status: number, text: string, endpoint: Endpoint): Error {
  // What Go's HTTP server says where TLS was expected.
  if (/HTTP request to an HTTPS server/i.test(text)) {
    return new UnreachableError(`${describeEndpoint(endpoint)} wants TLS`, {
      hint: 'Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem.',
    });
  }
  if (status >= 400) return daemonError(status, text, '/_ping');
  return new UnreachableError(`what answers at ${endpoint.url} is no Docker daemon`, {
    detail: `HTTP ${status} without the header Api-Version`,
  });
}

function parseVersion(text: string): ApiVersion | null {
  const [, major, minor] = /^(\d{1,3})\.(\d{1,3})$/.exec(text) ?? [];
  return major === undefined || minor === undefined ? null : [Number(major), Number(minor)];
}
