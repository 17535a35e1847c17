import { findDeisCredentials } from '../platforms/deis/credentials.js';
import { findDockerCloudCredentials } from '../platforms/dockercloud/credentials.js';
import { findOracleCredentials } from '../platforms/oracle/credentials.js';
import type { Backend } from '../port/backend.js';
import { AuthenticationError, UnsupportedError } from '../port/errors.js';
import type { BackendEntry, BackendExplanation } from '../ui/views/backends.js';
import { createRedactor } from '../net/redact.js';
import { type BackendName, known, selectBackend, type Selection } from './backend-selection.js';
import { chooseEngine, noticeBeforeChange } from './engine-choice.js';
import { type Environment, homeDirectory, readTextFile } from './environment.js';
import { principalOf } from './principal.js';
import type { Runtime } from './runtime.js';
import { writeSettings } from './settings.js';

export interface OpenedBackend {
  readonly backend: Backend;
  /** What to say before a change; it throws where changes are refused. */
  readonly noticeBeforeChange: () => string | undefined;
}

interface Platform {
  readonly title: string;
  /** Where its credentials are, for the message when there are none. */
  readonly credentials: string;
  readonly findCredentials: (env: Environment, home: string) => string | undefined;
}

/** Backends that have a driver; the others are selected, checked for credentials, and refused with the reason. */
const availableBackends: readonly { readonly name: BackendName; readonly description: string }[] = [
  { name: 'engine', description: 'our control plane over an engine (this version: Docker, and the sandbox)' },
];

const platforms: Readonly<Record<Exclude<BackendName, 'engine'>, Platform>> = {
  dockercloud: {
    title: 'Docker Cloud',
    credentials: 'Set DOCKERCLOUD_AUTH, or DOCKERCLOUD_USER and DOCKERCLOUD_APIKEY, or run `docker login`.',
    findCredentials: (env, home) => findDockerCloudCredentials(env, home, readTextFile),
  },
  deis: {
    title: 'Deis',
    credentials: 'Set DEIS_CONTROLLER and DEIS_TOKEN, or log in with the original client (~/.deis/client.json).',
    findCredentials: (env, home) => findDeisCredentials(env, home, readTextFile),
  },
  oracle: {
    title: 'Oracle Container Cloud Service',
    credentials: 'Set OCCS_URL with OCCS_TOKEN, or with OCCS_USER and OCCS_PASSWORD.',
    findCredentials: (env) => findOracleCredentials(env),
  },
};

/** The backends that have a driver, and which of them verbs talk to. */
export function listBackends(runtime: Runtime): readonly BackendEntry[] {
  const { backend } = selectBackend(undefined, runtime.env, runtime.settings);
  return availableBackends.map((entry) => ({ ...entry, selected: entry.name === backend }));
}

/** Which backend this run talks to, and why. Opens nothing; values of secret variables are left out. */
export function explainBackend(flag: string | undefined, runtime: Runtime): BackendExplanation {
  const selection = selectBackend(flag, runtime.env, runtime.settings);
  const { backend, variables } = selection;
  const { user, namespace } = principalOf(runtime.env);
  const redact = createRedactor([], runtime.env);
  return {
    backend,
    engine: backend === 'engine' ? chooseEngine(runtime.env).engine : null,
    why: why(selection),
    variables: variables.map((name) => variableShown(name, runtime.env[name] ?? '', redact)),
    user,
    namespace,
    credentials: backend === 'engine' ? null : (credentialsOf(backend, runtime) ?? null),
    home: runtime.home,
  };
}

/**
 * Keeps a backend as the one to use where the environment does not say.
 *
 * @throws UsageError for an unknown name; UnsupportedError for one without a driver.
 */
export function useBackend(name: string, runtime: Runtime): BackendExplanation {
  const backend = known(name, 'the argument');
  if (!availableBackends.some((entry) => entry.name === backend)) throw noDriver(platformTitle(backend));
  writeSettings(runtime.home, { ...runtime.settings, backend });
  runtime.forgetSettings();
  return explainBackend(undefined, runtime);
}

function variableShown(
  name: string,
  value: string,
  redact: (text: string) => string,
): { readonly name: string; readonly value: string } {
  const shown = redact(`${name}=${value}`);
  return { name, value: shown.startsWith(`${name}=`) ? shown.slice(name.length + 1) : shown };
}

function why({ source, variables }: Selection): string {
  switch (source) {
    case 'flag':
      return '--backend names it';
    case 'environment':
      return 'BERTH_BACKEND names it';
    case 'platform variables':
      return `${variables.join(', ')} ${variables.length === 1 ? 'is' : 'are'} set`;
    case 'settings':
      return '`berth backend use` keeps it in the settings';
    case 'default':
      return 'nothing names another: it is the default';
  }
}

function credentialsOf(backend: Exclude<BackendName, 'engine'>, runtime: Runtime): string | undefined {
  return platforms[backend].findCredentials(runtime.env, homeDirectory(runtime.env));
}

function platformTitle(backend: BackendName): string {
  return backend === 'engine' ? 'the engine' : platforms[backend].title;
}

function noDriver(title: string): UnsupportedError {
  return new UnsupportedError(`this version of berth has no driver for ${title} yet`, {
    hint: `Available: ${availableBackends.map(({ name }) => name).join(', ')}. Choose with --backend or BERTH_BACKEND.`,
  });
}

/**
 * Opens the selected backend. A platform that is selected never turns into another backend.
 *
 * @throws UsageError or SettingsError (selection), AuthenticationError (no credentials), UnsupportedError (no driver).
 */
export async function openBackend(flag: string | undefined, runtime: Runtime): Promise<OpenedBackend> {
  const { backend } = selectBackend(flag, runtime.env, runtime.settings);
  if (backend !== 'engine') {
    const { title, credentials: hint } = platforms[backend];
    if (credentialsOf(backend, runtime) === undefined) {
      throw new AuthenticationError(`${title} is selected, but there are no credentials`, { hint });
    }
    throw noDriver(title);
  }
  const choice = chooseEngine(runtime.env);
  const { openEngineOf } = await import('./open-engine.js');
  return {
    backend: await openEngineOf(runtime, choice.engine),
    noticeBeforeChange: () => noticeBeforeChange(choice, runtime.env),
  };
}
