import { UsageError } from '../../../port/errors.js';

/** Where an address points to, before TLS files are looked at. */
export type Address =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number | null }
  | {
      readonly kind: 'ssh';
      readonly user: string | null;
      readonly host: string;
      readonly port: number | null;
      /** The daemon's socket over there; null is what the docker command of that machine takes. */
      readonly path: string | null;
    };

export const defaultSocket = '/var/run/docker.sock';

const forms = 'unix:///var/run/docker.sock, tcp://HOST:PORT and ssh://USER@HOST';

/**
 * Reads an address as DOCKER_HOST and contexts write it. A bare `host:port` is tcp.
 *
 * @param source the variable or file that says it, for messages.
 * @throws UsageError for what is none, or is of a kind that is not spoken here.
 */
export function parseAddress(text: string, source: string): Address {
  const [, scheme = 'tcp', rest = ''] = /^(?:([^:/]*):\/\/)?(.*)$/s.exec(text.trim()) ?? [];
  switch (scheme) {
    case 'unix':
      return { kind: 'unix', path: rest === '' ? defaultSocket : rest };
    case 'tcp':
      return parseTcp(rest, text, source);
    case 'ssh':
      return parseSsh(text.trim(), source);
    case 'npipe':
    case 'fd':
      throw wrong(text, source, `${scheme}:// cannot be used from here`);
    case 'http':
    case 'https':
      throw wrong(text, source, `the scheme is tcp, not ${scheme}`, 'TLS is asked for by DOCKER_TLS_VERIFY=1.');
    default:
      throw wrong(text, source, `${scheme}:// is no scheme that is known`);
  }
}

function parseTcp(rest: string, text: string, source: string): Address {
  if (rest.startsWith('/')) throw wrong(text, source, 'it has no host', `For a socket: unix://${rest}`);
  const match = /^(\[[0-9a-fA-F:.]+(?:%\w+)?\]|[^:/?#@\s[\]]*)(?::(\d+))?(.*)$/s.exec(rest);
  const [, host = '', port, tail = ''] = match ?? [];
  if (match === null || (tail !== '' && tail !== '/')) {
    throw wrong(text, source, 'after tcp:// there may be a host and a port, and nothing else');
  }
  return {
    kind: 'tcp',
    host: host === '' ? '127.0.0.1' : host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? null : portOf(port, text, source),
  };
}

function parseSsh(text: string, source: string): Address {
  if (!URL.canParse(text)) throw wrong(text, source, 'it is no URL');
  const url = new URL(text);
  if (url.password !== '') {
    throw new UsageError(`${source} holds a password for ssh, which ssh does not take`, {
      hint: 'Use a key, and an agent for its passphrase.',
    });
  }
  if (url.search !== '' || url.hash !== '') throw wrong(text, source, 'a query or fragment has no meaning for ssh');
  const user = decoded(url.username, text, source);
  const host = decoded(url.hostname, text, source).replace(/^\[|\]$/g, '');
  if (host === '') throw wrong(text, source, 'it has no host');
  if (host.startsWith('-') || user.startsWith('-')) throw wrong(text, source, 'a name may not begin with a dash');
  return {
    kind: 'ssh',
    user: user === '' ? null : user,
    host,
    port: url.port === '' ? null : portOf(url.port, text, source),
    path: url.pathname === '' || url.pathname === '/' ? null : decoded(url.pathname, text, source),
  };
}

function decoded(part: string, text: string, source: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong(text, source, 'a % in it is not followed by two hexadecimal digits');
  }
}

function portOf(digits: string, text: string, source: string): number {
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw wrong(text, source, `${digits} is no port`);
  return port;
}

function wrong(text: string, source: string, why: string, hint = `Written like ${forms}.`): UsageError {
  const shown = text.replace(/:[^:@/]*@/, ':***@');
  return new UsageError(`${source} is ${JSON.stringify(shown)}: ${why}`, { hint });
}
