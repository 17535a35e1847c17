import { findDeisCredentials } from '../../platforms/deis/credentials.js';
import { findDockerCloudCredentials } from '../../platforms/dockercloud/credentials.js';
import { findOracleCredentials } from '../../platforms/oracle/credentials.js';
import type { Check } from '../../ui/views/doctor.js';
import type { BackendName } from '../backend-selection.js';
import { explainBackend } from '../backends.js';
import { chooseEngine, noticeBeforeChange } from '../engine-choice.js';
import { homeDirectory, readTextFile } from '../environment.js';
import type { Runtime } from '../runtime.js';
import { failed, failedBy, ok, reason, skipped, warning } from './outcome.js';

/** Which backend verbs talk to, and whether it can be chosen at all. */
export function checkSelection(flag: string | undefined, runtime: Runtime): Check {
  try {
    const { backend, engine, why } = explainBackend(flag, runtime);
    const message = `${backend}${engine === null ? '' : `, over the ${engine} engine`}: ${why}`;
    const choice = chooseEngine(runtime.env);
    if (engine === null || noticeBeforeChange(choice, runtime.env) === undefined) return ok('backend', message);
    const hint = 'Set BERTH_ENGINE=sandbox to ask for it by name.';
    return warning(
      'backend',
      `${message}. The sandbox starts no containers, and nobody asked for it: ${choice.why}`,
      hint,
    );
  } catch (error) {
    return failedBy('backend', error);
  }
}

/** False where no backend can be chosen: `checkSelection` tells why. */
export function usesDocker(flag: string | undefined, runtime: Runtime): boolean {
  try {
    return explainBackend(flag, runtime).engine === 'docker';
  } catch {
    return false;
  }
}

interface Platform {
  readonly backend: BackendName;
  readonly find: (runtime: Runtime) => string | undefined;
}

const platforms: readonly Platform[] = [
  {
    backend: 'dockercloud',
    find: ({ env }) => findDockerCloudCredentials(env, homeDirectory(env), readTextFile),
  },
  { backend: 'deis', find: ({ env }) => findDeisCredentials(env, homeDirectory(env), readTextFile) },
  { backend: 'oracle', find: ({ env }) => findOracleCredentials(env) },
];

/** Where credentials are, for the selected platform and the others. Their values are not looked at. */
export function checkCredentials(flag: string | undefined, runtime: Runtime): Check {
  const selected = selectedBackend(flag, runtime);
  const looked = platforms.map(({ backend, find }) => ({ backend, ...lookFor(() => find(runtime)) }));
  const found = looked.flatMap(({ backend, source }) => (source === undefined ? [] : [`${backend} (${source})`]));
  const broken = looked.find(({ error }) => error !== undefined);
  const own = looked.find(({ backend }) => backend === selected);
  if (own?.error !== undefined) return failedBy('credentials', own.error);
  if (own !== undefined && own.source === undefined) {
    const hint = '`berth help environment` names the variables and files that are looked at.';
    return failed('credentials', `${own.backend} is selected, and there are none for it`, hint);
  }
  if (broken !== undefined) {
    const message = `those of ${broken.backend} cannot be read: ${reason(broken.error)}`;
    return warning('credentials', message, 'Mend the file; nothing else needs it.');
  }
  if (found.length > 0) return ok('credentials', `found for ${found.join(', ')}`);
  const need = selected === undefined ? 'no backend could be chosen' : 'the engine backend needs none';
  return skipped('credentials', `none were found, and ${need}`);
}

function selectedBackend(flag: string | undefined, runtime: Runtime): string | undefined {
  try {
    return explainBackend(flag, runtime).backend;
  } catch {
    return undefined;
  }
}

function lookFor(find: () => string | undefined): { readonly source?: string; readonly error?: unknown } {
  try {
    const source = find();
    return source === undefined ? {} : { source };
  } catch (error) {
    return { error };
  }
}
