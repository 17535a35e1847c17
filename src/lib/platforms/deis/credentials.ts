import path from 'node:path';
import { AuthenticationError, UsageError } from '../../port/errors.js';

/** Where Deis credentials come from: our two variables, or the profile file of the original client. */
export type DeisCredentialSource = 'DEIS_TOKEN' | 'profile';

/** The profile file: `DEIS_PROFILE` is a bare name, `client` by default (reference deis/CLI.md). */
function deisProfileFile(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const profile = env.DEIS_PROFILE || 'client';
  if (/[\\/]/.test(profile)) {
    throw new UsageError(`DEIS_PROFILE is the name of a profile, not a path: ${JSON.stringify(profile)}`);
  }
  return path.join(home, '.deis', `${profile}.json`);
}

/**
 * Finds the credentials: `DEIS_CONTROLLER` with `DEIS_TOKEN`, else a profile that names a controller and a token.
 *
 * @param readFile gives the text of a file, or undefined when there is none.
 * @throws UsageError for a profile that is no name; AuthenticationError for a profile that is not JSON.
 */
export function findDeisCredentials(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  readFile: (file: string) => string | undefined,
): DeisCredentialSource | undefined {
  if (env.DEIS_CONTROLLER && env.DEIS_TOKEN) return 'DEIS_TOKEN';
  const file = deisProfileFile(env, home);
  const text = readFile(file);
  return text !== undefined && isLoggedIn(parse(text, file)) ? 'profile' : undefined;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AuthenticationError(`${file} is not valid JSON`, { hint: 'Mend it, or log in again.', cause });
  }
}

function isLoggedIn(profile: unknown): boolean {
  return (
    typeof profile === 'object' &&
    profile !== null &&
    'controller' in profile &&
    typeof profile.controller === 'string' &&
    'token' in profile &&
    typeof profile.token === 'string'
  );
}
