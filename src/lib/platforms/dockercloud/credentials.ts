import path from 'node:path';
import { AuthenticationError } from '../../port/errors.js';

/** Where Docker Cloud credentials come from. The secret itself is read when a request is made. */
export type DockerCloudCredentialSource =
  'DOCKERCLOUD_AUTH' | 'DOCKERCLOUD_APIKEY' | 'DOCKERCLOUD_PASS' | 'config.json';

const hub = 'https://index.docker.io/v1/';

/**
 * Finds the credentials in the original client's order (reference dockercloud/CLI.md section 1.3): `DOCKERCLOUD_AUTH`,
 * user and API key, user and password, Docker's config.json.
 *
 * @param readFile gives the text of a file, or undefined when there is none.
 * @throws AuthenticationError for a config.json that is not JSON.
 */
export function findDockerCloudCredentials(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  readFile: (file: string) => string | undefined,
): DockerCloudCredentialSource | undefined {
  if (env.DOCKERCLOUD_AUTH) return 'DOCKERCLOUD_AUTH';
  if (env.DOCKERCLOUD_USER && env.DOCKERCLOUD_APIKEY) return 'DOCKERCLOUD_APIKEY';
  if (env.DOCKERCLOUD_USER && env.DOCKERCLOUD_PASS) return 'DOCKERCLOUD_PASS';
  const directory = env.DOCKER_CONFIG ?? path.join(home, '.docker');
  const file = path.join(directory, 'config.json');
  const text = readFile(file);
  return text !== undefined && hasHubLogin(parse(text, file)) ? 'config.json' : undefined;
}

function hasHubLogin(config: unknown): boolean {
  if (typeof field(config, 'credsStore') === 'string') return true;
  if (typeof field(field(config, 'credHelpers'), hub) === 'string') return true;
  return typeof field(field(field(config, 'auths'), hub), 'auth') === 'string';
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AuthenticationError(`${file} is not valid JSON`, {
      hint: 'Mend it, or run `docker login` again.',
      cause,
    });
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
