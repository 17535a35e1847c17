import { connect as connectSocket, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { UsageError } from '../../../port/errors.js';
import type { Environment } from './docker-config-file.js';
import type { Endpoint, SshEndpoint, TcpEndpoint, TlsFiles } from './endpoint.js';
import { SshStream } from './ssh-stream.js';
import { ConnectTimeout } from './unreachable.js';

/** Opens connections to one endpoint. */
export interface Connector {
  /** How long connecting may take. */
  readonly timeoutMs: number;
  /** How many connections calls share. */
  readonly shared: number;
  /** A connection that is on its way: it can be written to at once. What goes wrong comes as its `error`. */
  connect(): Duplex;
}

interface ConnectorOptions {
  /** For `ssh`: PATH, SSH_AUTH_SOCK. */
  readonly env: Environment;
  readonly timeoutMs?: number | undefined;
}

const timeoutMs = 10_000;
const sshTimeoutMs = 30_000;

/**
 * Makes ready to connect. Nothing is sent yet.
 *
 * @throws UsageError for TLS files that are not in order.
 */
export async function openConnector(endpoint: Endpoint, options: ConnectorOptions): Promise<Connector> {
  if (endpoint.kind === 'ssh') return sshConnector(endpoint, options);
  const limitMs = options.timeoutMs ?? timeoutMs;
  const open = endpoint.kind === 'unix' ? () => connectSocket(endpoint.path) : await tcpOpener(endpoint);
  const event = endpoint.kind === 'tcp' && endpoint.tls !== null ? 'secureConnect' : 'connect';
  return { timeoutMs: limitMs, shared: 16, connect: () => withLimit(open(), event, limitMs) };
}

async function tcpOpener({ host, port, tls: files, source }: TcpEndpoint): Promise<() => Socket> {
  if (files === null) {
    return () => connectSocket({ host, port, noDelay: true });
  }
  const tls = await import('node:tls');
  const secureContext = checked(source, () => tls.createSecureContext(pemOf(files)));
  // A name in the handshake may not be an address (RFC 6066).
  const servername = isIP(host) === 0 ? host : '';
  return () => tls.connect({ host, port, secureContext, servername, rejectUnauthorized: files.verify });
}

function pemOf({ ca, cert, key }: TlsFiles): { readonly ca?: string; readonly cert?: string; readonly key?: string } {
  return { ...(ca !== null && { ca }), ...(cert !== null && { cert }), ...(key !== null && { key }) };
}

function checked<T>(source: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new UsageError(`the TLS files for the engine that ${source} names cannot be used`, {
      hint: 'ca.pem, cert.pem and key.pem are PEM, and the key belongs to the certificate.',
      ...(cause instanceof Error && { detail: cause.message }),
      cause,
    });
  }
}

function withLimit(socket: Socket, connected: string, limitMs: number): Socket {
  const timer = setTimeout(() => {
    socket.destroy(new ConnectTimeout(`no connection within ${limitMs / 1_000} s`));
  }, limitMs);
  const stop = (): void => clearTimeout(timer);
  return socket.once(connected, stop).once('close', stop);
}

/** As the docker command does it: the daemon's socket over there is carried by `docker system dial-stdio`. */
async function sshConnector(endpoint: SshEndpoint, { env, timeoutMs: given }: ConnectorOptions): Promise<Connector> {
  const { spawn } = await import('node:child_process');
  const limitMs = given ?? sshTimeoutMs;
  const args = sshArguments(endpoint, limitMs);
  const connect = (): SshStream => {
    // In a session of its own, so that an interrupt at the terminal ends the calls in the order we choose.
    return new SshStream(spawn('ssh', args, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] }));
  };
  // Each of these is a process here and one over there.
  return { timeoutMs: limitMs, shared: 4, connect };
}

function sshArguments({ user, host, port, path }: SshEndpoint, limitMs: number): readonly string[] {
  return [
    '-o',
    `ConnectTimeout=${Math.ceil(limitMs / 1_000)}`,
    '-T',
    ...(user === null ? [] : ['-l', user]),
    ...(port === null ? [] : ['-p', String(port)]),
    '--',
    host,
    'docker',
    ...(path === null ? [] : ['--host', quoted(`unix://${path}`)]),
    'system',
    'dial-stdio',
  ];
}

/** ssh hands its arguments to a shell over there. */
function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
