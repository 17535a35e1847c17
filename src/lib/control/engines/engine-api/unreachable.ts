import { isBerthError, UnreachableError } from '../../../port/errors.js';
import { daemonWords } from './daemon-error.js';
import type { Endpoint } from './endpoint.js';
import { SshFailure } from './ssh-stream.js';

/** No connection came about in time. */
export class ConnectTimeout extends Error {}

interface Reason {
  readonly why: string;
  readonly hint: string;
}

/** `Docker at unix:///var/run/docker.sock`. */
export function describeEndpoint(endpoint: Endpoint): string {
  return `Docker at ${endpoint.url}`;
}

/** The error for a connection that did not come about or broke; one of ours is passed on as it is. */
export function unreachable(endpoint: Endpoint, cause: unknown): Error {
  if (isBerthError(cause)) return cause;
  const { why, hint } = cause instanceof SshFailure ? sshReason(endpoint, cause) : reasonOf(endpoint, cause);
  const detail = cause instanceof SshFailure ? daemonWords(cause.words) : messageOf(cause);
  const named = endpoint.source === 'default' ? '' : ` (named by ${endpoint.source})`;
  return new UnreachableError(`${describeEndpoint(endpoint)}${named} cannot be reached: ${why}`, {
    hint,
    ...(detail === '' ? {} : { detail }),
    cause,
  });
}

function reasonOf(endpoint: Endpoint, cause: unknown): Reason {
  const code = codeOf(cause);
  const running = isItRunning(endpoint);
  if (cause instanceof ConnectTimeout) return { why: cause.message, hint: running };
  if (tlsCode.test(code)) {
    return { why: 'TLS failed', hint: `Check ca.pem, cert.pem and key.pem (${tlsSource(endpoint)}).` };
  }
  switch (code) {
    case 'ENOENT':
      return { why: 'there is no such socket', hint: running };
    case 'ECONNREFUSED':
      return { why: 'nothing listens there', hint: running };
    case 'EACCES':
    case 'EPERM':
      return {
        why: 'this user may not use the socket',
        hint: 'Join its group (usually `sudo usermod -aG docker $USER`, then log in again), or run as a user who may.',
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { why: 'its name cannot be resolved', hint: `Check the host in ${sourceOf(endpoint)}, and DNS.` };
    case 'ECONNRESET':
    case 'EPIPE':
      return { why: 'the connection broke off', hint: `Has the daemon been stopped? ${running}` };
    default:
      return { why: 'the connection failed', hint: running };
  }
}

const tlsCode =
  /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|HOSTNAME_MISMATCH|INVALID_CA)/;

function sshReason(endpoint: Endpoint, failure: SshFailure): Reason {
  const host = endpoint.kind === 'ssh' ? endpoint.host : '';
  return {
    why: failure.message,
    hint: `Does \`ssh ${host} docker version\` work without being asked for anything?`,
  };
}

function isItRunning(endpoint: Endpoint): string {
  const start =
    endpoint.kind === 'unix' ? 'Is the daemon running (`systemctl start docker`)?' : 'Is the daemon running?';
  return endpoint.source === 'default' ? `${start} DOCKER_HOST names another one.` : start;
}

function tlsSource(endpoint: Endpoint): string {
  return endpoint.source === 'DOCKER_HOST'
    ? 'the folder DOCKER_CERT_PATH names'
    : `of the context in ${sourceOf(endpoint)}`;
}

function sourceOf(endpoint: Endpoint): string {
  return endpoint.source === 'default' ? 'DOCKER_HOST' : endpoint.source;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

/** Errors of several addresses at once (happy eyeballs) have no message of their own. */
function messageOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(messageOf).join('; ');
  return cause instanceof Error ? daemonWords(cause.message) : '';
}
