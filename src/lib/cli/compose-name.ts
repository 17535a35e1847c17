import { readText, shownPath } from '../compose/files.js';
import { discover } from '../compose/discovery.js';
import { type Environment, withEnvFiles } from '../compose/environment.js';
import { parseSource } from '../compose/parse.js';
import { ComposeError } from '../compose/errors.js';
import { projectName } from '../compose/project-name.js';
import { Source } from '../compose/source.js';
import { InputError } from '../port/errors.js';

/**
 * The name of the project whose files are found from a directory upwards, without reading more of them than their names;
 * undefined where there are none.
 *
 * @throws an error of code `input` for a file that cannot be read, or a name that is none.
 */
export function nameInFiles(
  cwd: string,
  outside: Environment,
): { readonly name: string; readonly source: string } | undefined {
  const found = filesFrom(cwd, outside);
  if (found === undefined) return undefined;
  const { files, directory } = found;
  const environment = beside(directory, outside, cwd);
  const documents = files.flatMap((file) => {
    const shown = shownPath(file, cwd);
    return parseSource(new Source(shown, readText(file, shown)));
  });
  const interpolation = { lookup: (name: string) => environment.get(name), warn: () => undefined };
  return {
    name: projectName(undefined, environment, documents, directory, interpolation),
    source: files.join(', '),
  };
}

/** Variables of .env below those outside. @throws InputError that tells nothing of the file but its place. */
function beside(directory: string, outside: Environment, cwd: string): Environment {
  try {
    return withEnvFiles(outside, undefined, directory, cwd);
  } catch (cause) {
    const place = cause instanceof ComposeError ? cause.position : undefined;
    const { file = '.env', line } = place ?? {};
    throw new InputError(`${file} cannot be read, which may name the app`, {
      hint: 'Mend it, or name the app with --app.',
      position: { file, ...(line !== undefined && { line }) },
      cause,
    });
  }
}

/** The Compose files; undefined where there are none, or they are on standard input, which is not ours to read. */
function filesFrom(
  cwd: string,
  environment: Environment,
): { readonly files: readonly string[]; readonly directory: string } | undefined {
  const search = (): ReturnType<typeof discover> => discover({ cwd }, environment, () => undefined);
  if ((environment.get('COMPOSE_FILE') ?? '') !== '') {
    const found = search();
    return found.files.includes('-') ? undefined : found;
  }
  try {
    return search();
  } catch {
    // All that a search throws is that there is nothing to find.
    return undefined;
  }
}
