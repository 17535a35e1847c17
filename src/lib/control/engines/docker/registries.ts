import * as v from 'valibot';
import { AuthenticationError } from '../../../port/errors.js';
import { candidatesIn, lookup } from '../../../port/lookup.js';
import type { RegistriesFacet, Registry, RegistryCreation } from '../../../port/registries.js';
import { type CallContext, verb } from '../../../port/verb.js';
import type { EngineApi } from '../engine-api/api.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import {
  eraseCredentials,
  type Environment,
  listRegistries,
  readDockerConfig,
  type RegistryCredentials,
  registryHost,
  storeCredentials,
} from '../engine-api/docker-config.js';
import { hubHost } from '../engine-api/image-reference.js';
import { unreachableRegistry } from './images-errors.js';
import { isSecure } from './registries-tls.js';

export interface DockerRegistriesOptions {
  readonly env: Environment;
  /** The user's home directory. */
  readonly home: string;
}

/**
 * Registries that there are credentials for, in the place where Docker's own client keeps them: what either logs in to,
 * both have.
 */
export function dockerRegistries(api: EngineApi, options: DockerRegistriesOptions): RegistriesFacet {
  const all = (context: CallContext): Promise<readonly Registry[]> => knownRegistries(api, options, context);
  const find = async (query: string, context: CallContext): Promise<Registry> => {
    const registries = await all(context);
    // A URL, and every name of Docker's own, is the host as well.
    const host = registryHost(query);
    const named = registries.some((registry) => registry.host === host) ? host : query;
    return lookup('registry', named, candidatesIn(registries));
  };
  return {
    list: verb([], async function* (_request, _options, context) {
      yield* await all(context);
    }),
    get: verb([], ({ registry }, _options, context) => find(registry, context)),
    login: verb([], (creation, _options, context) => login(api, options, creation, context)),
    remove: verb([], async ({ registry }, _options, context) => {
      const { host } = await find(registry, context);
      await eraseCredentials(readDockerConfig(options.env, options.home), host, context.signal);
    }),
  };
}

async function knownRegistries(
  api: EngineApi,
  { env, home }: DockerRegistriesOptions,
  { signal }: CallContext,
): Promise<readonly Registry[]> {
  const known = await listRegistries(readDockerConfig(env, home), signal);
  if (known.length === 0) return [];
  const { body } = await api.call({ method: 'GET', path: '/info' }, signal);
  return known.map(({ host, username }) => toRegistry(host, username, isSecure(host, body)));
}

const answer = v.looseObject({ IdentityToken: v.optional(v.string()) });

async function login(
  api: EngineApi,
  { env, home }: DockerRegistriesOptions,
  { host: typed, username, password }: RegistryCreation,
  { signal }: CallContext,
): Promise<Registry> {
  const host = registryHost(typed);
  // Before the registry is asked: a file that cannot be read could not keep the credentials either.
  const config = readDockerConfig(env, home);
  const server = host === hubHost ? 'https://index.docker.io/v1/' : host;
  const token = await checked(api, { username, password, serveraddress: server }, host, signal);
  const credentials: RegistryCredentials =
    token === '' ? { kind: 'password', server, username, password } : { kind: 'token', server, identityToken: token };
  await storeCredentials(config, credentials, signal);
  const { body } = await api.call({ method: 'GET', path: '/info' }, signal);
  return toRegistry(host, username, isSecure(host, body));
}

/** Asks the registry, by way of the daemon (Engine API 1.41, `POST /auth`). Gives the token to keep in place of the password, or ''. */
async function checked(
  api: EngineApi,
  body: { readonly username: string; readonly password: string; readonly serveraddress: string },
  host: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    const answered = await api.call({ method: 'POST', path: '/auth', body }, signal);
    const parsed = v.safeParse(answer, answered.body);
    return parsed.success ? (parsed.output.IdentityToken ?? '') : '';
  } catch (error) {
    const unreachable = unreachableRegistry(error, host);
    if (unreachable !== undefined) throw unreachable;
    if (!isDaemonError(error)) throw error;
    throw new AuthenticationError(`${host} does not take these credentials of ${body.username}`, {
      detail: error.message,
      hint: 'Nothing was changed. Many registries want an access token in place of the password.',
      cause: error,
    });
  }
}

function toRegistry(host: string, username: string | null, tls: boolean): Registry {
  return {
    ...{ id: host, name: host, host, username, tls },
    email: null,
    description: null,
    official: host === hubHost,
  };
}
