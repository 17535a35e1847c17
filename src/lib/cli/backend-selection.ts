import { UsageError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { type Environment, variable } from './environment.js';
import type { Settings } from './settings.js';

const backendNames = ['dockercloud', 'deis', 'oracle', 'engine'] as const;

export type BackendName = (typeof backendNames)[number];

/** Which backend, and why. */
export interface Selection {
  readonly backend: BackendName;
  readonly source: 'flag' | 'environment' | 'platform variables' | 'settings' | 'default';
  /** The variables that decided; empty where none did. */
  readonly variables: readonly string[];
}

/** Every variable with one of these prefixes selects its platform. */
const platformPrefixes: Readonly<Record<Exclude<BackendName, 'engine'>, string>> = {
  dockercloud: 'DOCKERCLOUD_',
  deis: 'DEIS_',
  oracle: 'OCCS_',
};

/**
 * Chooses the backend: `--backend`, `BERTH_BACKEND`, the variables of exactly one platform, `berth backend use`, `engine`.
 *
 * @throws UsageError for an unknown name, and for variables of two platforms when nothing overrides them.
 */
export function selectBackend(flag: string | undefined, env: Environment, settings: Settings): Selection {
  if (flag !== undefined) return { backend: known(flag, '--backend'), source: 'flag', variables: [] };

  const chosen = variable(env, 'BERTH_BACKEND');
  if (chosen !== undefined) {
    return { backend: known(chosen, 'BERTH_BACKEND'), source: 'environment', variables: ['BERTH_BACKEND'] };
  }

  const [platform, other] = platformsConfigured(env);
  if (platform !== undefined && other !== undefined) {
    throw new UsageError(`variables of two platforms are set: ${describe(platform)} and ${describe(other)}`, {
      hint: 'Unset those of one, or choose with --backend or BERTH_BACKEND.',
    });
  }
  if (platform !== undefined) {
    return { backend: platform.backend, source: 'platform variables', variables: platform.variables };
  }

  if (settings.backend !== undefined) {
    return { backend: known(settings.backend, 'the settings file'), source: 'settings', variables: [] };
  }
  return { backend: 'engine', source: 'default', variables: [] };
}

interface PlatformVariables {
  readonly backend: BackendName;
  readonly variables: readonly string[];
}

function platformsConfigured(env: Environment): readonly PlatformVariables[] {
  const names = Object.keys(env)
    .filter((name) => variable(env, name) !== undefined)
    .sort();
  return backendNames.flatMap((backend) => {
    if (backend === 'engine') return [];
    const variables = names.filter((name) => name.startsWith(platformPrefixes[backend]));
    return variables.length > 0 ? [{ backend, variables }] : [];
  });
}

function describe(platform: PlatformVariables): string {
  return `${platform.variables.join(', ')} (${platform.backend})`;
}

/** The name if it is a backend's. `source` says where it came from, for the message. */
export function known(name: string, source: string): BackendName {
  const found = backendNames.find((backend) => backend === name);
  if (found !== undefined) return found;
  const suggestion = nearest(name, backendNames);
  throw new UsageError(`${source} names an unknown backend: ${JSON.stringify(name)}`, {
    hint: suggestion === undefined ? `Backends: ${backendNames.join(', ')}.` : `Did you mean ${suggestion}?`,
  });
}
