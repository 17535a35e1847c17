/** Where Oracle Container Cloud Service credentials come from. */
export type OracleCredentialSource = 'OCCS_TOKEN' | 'OCCS_PASSWORD';

/**
 * Finds the credentials: `OCCS_URL` with a bearer token, else with a user and password to get one for (the flow of
 * reference oracle/API.md, "Auth flow").
 */
export function findOracleCredentials(
  env: Readonly<Record<string, string | undefined>>,
): OracleCredentialSource | undefined {
  if (!env.OCCS_URL) return undefined;
  if (env.OCCS_TOKEN) return 'OCCS_TOKEN';
  return env.OCCS_USER && env.OCCS_PASSWORD ? 'OCCS_PASSWORD' : undefined;
}
