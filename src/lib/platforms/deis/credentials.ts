import path from 'node:path';

/** Where Deis credentials come from: our two variables, or the profile file of the original client. */
export type DeisCredentialSource = 'DEIS_TOKEN' | 'profile';

/** The profile file: `DEIS_PROFILE` is a bare name, `client` by default (reference deis/CLI.md). */
function deisProfileFile(env: Readonly<Record<string, string | undefined>>, home: string): string {
  return path.join(home, '.deis', `${env.DEIS_PROFILE || 'client'}.json`);
}

/**
 * Finds the credentials: `DEIS_CONTROLLER` with `DEIS_TOKEN`, else a profile that names a controller and a token.
 *
 * @param readFile gives the text of a file, or undefined when there is none.
 */
export function findDeisCredentials(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  readFile: (file: string) => string | undefined,
): DeisCredentialSource | undefined {
  if (env.DEIS_CONTROLLER && env.DEIS_TOKEN) return 'DEIS_TOKEN';
  const text = readFile(deisProfileFile(env, home));
  return text !== undefined && isLoggedIn(text) ? 'profile' : undefined;
}

function isLoggedIn(text: string): boolean {
  try {
    const profile: unknown = JSON.parse(text);
    return (
      typeof profile === 'object' &&
      profile !== null &&
      'controller' in profile &&
      typeof profile.controller === 'string' &&
      'token' in profile &&
      typeof profile.token === 'string'
    );
  } catch {
    return false;
  }
}
