import { join } from 'node:path';
import { UsageError } from '../../../port/errors.js';
import { dockerFolder, type Environment, readConfigFile, readIfThere } from './docker-config-file.js';
import { readContext } from './docker-contexts.js';
import { type Address, defaultSocket, parseAddress } from './docker-host.js';

export interface TlsFiles {
  /** PEM. Null: the authorities that Node knows. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** False: whoever answers is believed. */
  readonly verify: boolean;
}

interface Named {
  /** Which variable or file named it, for messages; `default` when nothing did. */
  readonly source: string;
  /** As DOCKER_HOST would write it. */
  readonly url: string;
}

export interface UnixEndpoint extends Named {
  readonly kind: 'unix';
  readonly path: string;
}

export interface TcpEndpoint extends Named {
  readonly kind: 'tcp';
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles | null;
}

export interface SshEndpoint extends Named {
  readonly kind: 'ssh';
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
  readonly path: string | null;
}

/** Where an Engine API is, and how to get there. */
export type Endpoint = UnixEndpoint | TcpEndpoint | SshEndpoint;

/**
 * The engine that the docker command would speak to, in its order: DOCKER_HOST, DOCKER_CONTEXT, `currentContext` of its
 * config.json, the socket of this machine. TLS comes from DOCKER_TLS_VERIFY and DOCKER_CERT_PATH beside DOCKER_HOST, and
 * from the context's own files otherwise.
 *
 * @param home the user's folder, where `.docker` is unless DOCKER_CONFIG names another.
 * @throws UsageError that names the variable or file that is wrong.
 */
export function resolveEndpoint(env: Environment, home: string): Endpoint {
  const folder = dockerFolder(env, home);
  if (env['DOCKER_HOST']) {
    const address = parseAddress(env['DOCKER_HOST'], 'DOCKER_HOST');
    return endpointAt(address, 'DOCKER_HOST', () => tlsOfEnvironment(env, folder));
  }
  const file = join(folder, 'config.json');
  const named = env['DOCKER_CONTEXT'];
  const context = named ? named : readConfigFile(file).currentContext;
  if (!context || context === 'default') {
    const source = named ? 'DOCKER_CONTEXT' : 'default';
    return { kind: 'unix', path: defaultSocket, source, url: `unix://${defaultSocket}` };
  }
  const source = named ? 'DOCKER_CONTEXT' : file;
  const { host, skipTlsVerify, tlsFolder, file: metaFile } = readContext(folder, context, source);
  const address = parseAddress(host === '' ? `unix://${defaultSocket}` : host, metaFile);
  return endpointAt(address, source, () => tlsOfContext(tlsFolder, skipTlsVerify));
}

function endpointAt(address: Address, source: string, tlsFiles: () => TlsFiles | null): Endpoint {
  if (address.kind !== 'tcp') return { ...address, source, url: urlOf(address) };
  const tls = tlsFiles();
  // The ports that IANA registered for Docker, without and with TLS.
  const tcp = { ...address, port: address.port ?? (tls === null ? 2375 : 2376) };
  return { ...tcp, tls, source, url: urlOf(tcp) };
}

function urlOf(address: Address): string {
  if (address.kind === 'unix') return `unix://${address.path}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const port = address.port === null ? '' : `:${address.port}`;
  if (address.kind === 'tcp') return `tcp://${host}${port}`;
  return `ssh://${address.user === null ? '' : `${address.user}@`}${host}${port}${address.path ?? ''}`;
}

/** As the docker command does: any value of DOCKER_TLS_VERIFY asks for it, and then there must be a ca.pem. */
function tlsOfEnvironment(env: Environment, folder: string): TlsFiles | null {
  if (!env['DOCKER_TLS_VERIFY']) return null;
  const certificates = env['DOCKER_CERT_PATH'] ? env['DOCKER_CERT_PATH'] : folder;
  const found = readTlsFolder(certificates);
  if (found.ca !== null) return { ...found, verify: true };
  const variable = env['DOCKER_CERT_PATH'] ? 'DOCKER_CERT_PATH' : 'DOCKER_TLS_VERIFY';
  throw new UsageError(`${variable}: ${join(certificates, 'ca.pem')} is not there`, {
    hint: 'DOCKER_CERT_PATH names the folder of ca.pem, cert.pem and key.pem.',
  });
}

function tlsOfContext(folder: string, skipVerify: boolean): TlsFiles | null {
  const found = readTlsFolder(folder);
  if (found.ca === null && found.cert === null && !skipVerify) return null;
  return { ...found, verify: !skipVerify };
}

function readTlsFolder(folder: string): Omit<TlsFiles, 'verify'> {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfThere(join(folder, name)) ?? null);
  if ((cert === null) !== (key === null)) {
    const [has, lacks] = cert === null ? ['key.pem', 'cert.pem'] : ['cert.pem', 'key.pem'];
    throw new UsageError(`${folder} has ${has} but no ${lacks}`, { hint: 'A client needs both, or neither.' });
  }
  return { ca: ca ?? null, cert: cert ?? null, key: key ?? null };
}
