import { join } from 'node:path';
import { UsageError } from '../../../port/errors.js';
import { CredentialHelper } from './credential-helper.js';
import {
  type AuthEntry,
  changeConfigFile,
  type DockerConfigContents,
  dockerFolder,
  type Environment,
  readConfigFile,
} from './docker-config-file.js';
import { hubHost } from './image-reference.js';

export type { Environment } from './docker-config-file.js';
export { imageReference, registryOf } from './image-reference.js';

/** Docker's own settings file, as it was when it was read. */
export interface DockerConfig {
  readonly path: string;
  readonly contents: DockerConfigContents;
  /** For credential helpers. */
  readonly env: Environment;
}

/** What opens a registry. */
export type RegistryCredentials =
  | { readonly kind: 'password'; readonly server: string; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly server: string; readonly identityToken: string };

/** A registry that there are credentials for. */
export interface KnownRegistry {
  readonly host: string;
  /** Null where a token, or a helper that does not list it, opens it. */
  readonly username: string | null;
  /** The program that keeps its credentials; null: the file itself. */
  readonly helper: string | null;
}

const hubServer = 'https://index.docker.io/v1/';
const hubNames = new Set([hubHost, 'index.docker.io', 'registry-1.docker.io']);
const tokenUser = '<token>';

/** @throws UsageError when there is a config.json that cannot be read. */
export function readDockerConfig(env: Environment, home: string): DockerConfig {
  const path = join(dockerFolder(env, home), 'config.json');
  return { path, contents: readConfigFile(path), env };
}

/** The host of a registry however it is written: without scheme and path, in lower case; `docker.io` for all names of the Hub. */
export function registryHost(text: string): string {
  const host = text
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/.*$/s, '')
    .toLowerCase();
  return hubNames.has(host) ? hubHost : host;
}

/**
 * Credentials for a registry: from the helper of `credHelpers` or `credsStore`, and from `auths` where that has none.
 *
 * @param host as `registryOf` gives it, or as a user writes it.
 * @returns null where there are none: then everything is asked for without.
 * @throws AuthenticationError from a helper, UsageError for an entry that cannot be read, and the signal's reason.
 */
export async function credentialsFor(
  config: DockerConfig,
  host: string,
  signal: AbortSignal,
): Promise<RegistryCredentials | null> {
  const server = serverOf(host);
  const found = await helperFor(config, host)?.get(server, signal);
  if (found) return credentialsOf(server, found.Username, found.Secret);
  const [key, entry] = authOf(config, host) ?? [];
  return key === undefined || entry === undefined ? null : readAuth(config.path, key, server, entry);
}

/** Every registry that the file or a helper of it has credentials for, by name. */
export async function listRegistries(config: DockerConfig, signal: AbortSignal): Promise<readonly KnownRegistry[]> {
  const found = new Map<string, KnownRegistry>();
  for (const [key, entry] of Object.entries(config.contents.auths ?? {})) {
    const credentials = isTokenKey(key) ? null : readAuth(config.path, key, key, entry);
    if (credentials === null) continue;
    const host = registryHost(key);
    found.set(host, { host, username: credentials.kind === 'password' ? credentials.username : null, helper: null });
  }
  const { credsStore, credHelpers = {} } = config.contents;
  if (credsStore) {
    for (const known of await listHelper(config, credsStore, signal)) found.set(known.host, known);
  }
  for (const [key, name] of Object.entries(credHelpers)) {
    if (name === '') continue;
    const host = registryHost(key);
    const listed = (await listHelper(config, name, signal)).find((known) => known.host === host);
    found.set(host, listed ?? { host, username: null, helper: helperNamed(config, name).program });
  }
  return [...found.values()].sort((a, b) => (a.host < b.host ? -1 : 1));
}

/**
 * Keeps credentials where Docker would: with the helper for that registry, else in the file. The rest of the file stays.
 *
 * @throws AuthenticationError from a helper, UsageError when the file cannot be written.
 */
export async function storeCredentials(
  config: DockerConfig,
  credentials: RegistryCredentials,
  signal: AbortSignal,
): Promise<void> {
  const server = serverOf(credentials.server);
  const helper = helperFor(config, server);
  const [Username, Secret] =
    credentials.kind === 'token'
      ? [tokenUser, credentials.identityToken]
      : [credentials.username, credentials.password];
  await helper?.store({ ServerURL: server, Username, Secret }, signal);
  // With a helper an empty entry stays in the file: by it `docker logout` knows of the registry.
  const entry = helper === null ? authEntryOf(credentials) : {};
  changeConfigFile(config.path, (contents) => ({
    ...contents,
    auths: { ...withoutHost(contents.auths, server), [server]: entry },
  }));
}

/**
 * Forgets the credentials of a registry, in its helper and in the file.
 *
 * @returns false where there were none.
 */
export async function eraseCredentials(config: DockerConfig, host: string, signal: AbortSignal): Promise<boolean> {
  const helper = helperFor(config, host);
  const kept = helper !== null && (await helper.get(serverOf(host), signal)) !== null;
  if (kept) await helper.erase(serverOf(host), signal);
  const written = Object.keys(config.contents.auths ?? {}).some((key) => registryHost(key) === registryHost(host));
  if (written) {
    changeConfigFile(config.path, (contents) => ({ ...contents, auths: withoutHost(contents.auths, host) }));
  }
  return kept || written;
}

/**
 * The value of the header X-Registry-Auth: JSON in URL-safe base64 with its padding (Engine API 1.41, "Authentication").
 * Docker 20.10 takes any other spelling for no credentials, without a word.
 */
export function registryAuth(credentials: RegistryCredentials): string {
  const { server } = credentials;
  const body =
    credentials.kind === 'token'
      ? { identitytoken: credentials.identityToken, serveraddress: server }
      : { username: credentials.username, password: credentials.password, serveraddress: server };
  return Buffer.from(JSON.stringify(body)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function credentialsOf(server: string, username: string, secret: string): RegistryCredentials {
  return username === tokenUser
    ? { kind: 'token', server, identityToken: secret }
    : { kind: 'password', server, username, password: secret };
}

/** The name by which files and helpers know a registry. */
function serverOf(host: string): string {
  const name = registryHost(host);
  return name === hubHost ? hubServer : name;
}

function helperFor(config: DockerConfig, host: string): CredentialHelper | null {
  const { credsStore, credHelpers = {} } = config.contents;
  const own = Object.entries(credHelpers).find(([key]) => registryHost(key) === registryHost(host))?.[1];
  // An empty name takes one registry out of the store that the others are in.
  const name = own ?? credsStore ?? '';
  return name === '' ? null : helperNamed(config, name);
}

function helperNamed({ env, path }: DockerConfig, name: string): CredentialHelper {
  if (/^[\w.-]+$/.test(name)) return new CredentialHelper(name, env);
  throw new UsageError(`${path} names the credential helper ${JSON.stringify(name)}, which is no name of a program`);
}

async function listHelper(config: DockerConfig, name: string, signal: AbortSignal): Promise<readonly KnownRegistry[]> {
  const helper = helperNamed(config, name);
  const users = Object.entries(await helper.list(signal)).filter(([server]) => !isTokenKey(server));
  return users.map(([server, user]) => ({
    host: registryHost(server),
    username: user === tokenUser ? null : user,
    helper: helper.program,
  }));
}

/** Beside its credentials, newer clients keep tokens of the Hub for themselves, under keys of the same host. */
function isTokenKey(key: string): boolean {
  return /\/(?:access|refresh)-token\/?$/.test(key);
}

function authOf(config: DockerConfig, host: string): readonly [key: string, entry: AuthEntry] | undefined {
  const entries = Object.entries(config.contents.auths ?? {}).filter(
    ([key]) => registryHost(key) === registryHost(host),
  );
  return entries.find(([key]) => key === serverOf(host)) ?? entries.find(([key]) => !isTokenKey(key));
}

function withoutHost(auths: DockerConfigContents['auths'], host: string): NonNullable<DockerConfigContents['auths']> {
  return Object.fromEntries(Object.entries(auths ?? {}).filter(([key]) => registryHost(key) !== registryHost(host)));
}

/** @returns null for an entry without credentials, as a helper leaves it. */
function readAuth(path: string, key: string, server: string, entry: AuthEntry): RegistryCredentials | null {
  if (entry.identitytoken) return { kind: 'token', server, identityToken: entry.identitytoken };
  if (!entry.auth) {
    const { username, password } = entry;
    return username && password !== undefined ? { kind: 'password', server, username, password } : null;
  }
  const pair = Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = pair.indexOf(':');
  if (colon < 1) throw new UsageError(`${path}: the entry auths[${JSON.stringify(key)}].auth is no user and password`);
  return { kind: 'password', server, username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

function authEntryOf(credentials: RegistryCredentials): AuthEntry {
  if (credentials.kind === 'token') return { identitytoken: credentials.identityToken };
  const pair = `${credentials.username}:${credentials.password}`;
  return { auth: Buffer.from(pair).toString('base64') };
}
