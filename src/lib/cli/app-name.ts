import { isBerthError, NotFoundError } from '../port/errors.js';
import type { VerbOf } from '../port/gate.js';
import type { StackDetail } from '../port/stacks.js';
import type { CallContext } from '../port/verb.js';
import type { Runtime } from './runtime.js';

/** A name that nobody typed, and where it comes from. */
interface DerivedName {
  readonly name: string;
  /** `the directory /srv/shop`, `/srv/shop/compose.yaml`, `COMPOSE_PROJECT_NAME`. */
  readonly source: string;
}

/**
 * The app that a command means: the one named, by name or id, or the one that has the name Compose would give to the
 * current directory.
 *
 * @throws NotFoundError that tells where a name that was not given comes from; AmbiguousError; InputError for a Compose
 * file that cannot be read.
 */
export async function findApp(
  given: string | undefined,
  get: VerbOf<'stacks', 'get'>,
  runtime: Runtime,
  call: CallContext,
): Promise<StackDetail> {
  const derived = given === undefined ? await nameHere(runtime) : undefined;
  const name = given ?? derived?.name ?? '';
  const found = await foundOrNot(get({ stack: name }, {}, call));
  if (derived === undefined) {
    if (found.app !== undefined) return found.app;
    const near = found.hint?.startsWith('Did you mean') === true ? found.hint : 'List them with `berth apps ls`.';
    throw new NotFoundError(`no app ${JSON.stringify(name)}`, { hint: near });
  }
  // A name that nobody typed must not find a stack by the beginning of its id.
  if (found.app?.name === name) return found.app;
  throw new NotFoundError(`no app ${JSON.stringify(name)}`, {
    hint: `The name is that of ${derived.source}. Name the app with --app, or list them with \`berth apps ls\`.`,
  });
}

async function foundOrNot(
  looked: Promise<StackDetail>,
): Promise<{ readonly app?: StackDetail; readonly hint?: string | undefined }> {
  try {
    return { app: await looked };
  } catch (error) {
    if (isBerthError(error) && error.code === 'not_found') return { hint: error.hint };
    throw error;
  }
}

/** COMPOSE_PROJECT_NAME, the `name` of the Compose file that `up` would take, or the name of its directory. */
async function nameHere(runtime: Runtime): Promise<DerivedName> {
  const { cwd } = runtime.host;
  const { projectName } = await import('../compose/project-name.js');
  const { environmentOf } = await import('../compose/environment.js');
  const environment = environmentOf(runtime.env);
  if (environment.get('COMPOSE_PROJECT_NAME')) {
    return { name: projectName(undefined, environment, [], cwd, undefined), source: 'COMPOSE_PROJECT_NAME' };
  }
  const { nameInFiles } = await import('./compose-name.js');
  const inFiles = nameInFiles(cwd, environment);
  if (inFiles !== undefined) return inFiles;
  return { name: projectName(undefined, environment, [], cwd, undefined), source: `the directory ${cwd}` };
}
