import { delimiter, dirname, join, resolve } from 'node:path';
import type { Environment } from './environment.js';
import { ComposeError } from './errors.js';
import { exists, isFile } from './files.js';

/** Which files a project is made of (reference/compose/SPEC.md F1-F11). */
export interface Discovered {
  /** Absolute paths, or `-` for standard input. */
  readonly files: readonly string[];
  /** Where relative paths belong. */
  readonly directory: string;
}

export interface DiscoveryOptions {
  readonly cwd: string;
  readonly files?: readonly string[] | undefined;
  readonly projectDirectory?: string | undefined;
}

/** F1 */
const defaultNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
/** F3: `yml` comes first here. */
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/** The directory whose `.env` is read before files are known: F8 without the file that is searched. */
export function startDirectory({ cwd, files, projectDirectory }: DiscoveryOptions): string {
  if (projectDirectory !== undefined) return resolve(cwd, projectDirectory);
  const first = files?.find((file) => file !== '-');
  return first === undefined ? cwd : dirname(resolve(cwd, first));
}

/** Throws `ComposeError` where there is no file. */
export function discover(
  options: DiscoveryOptions,
  environment: Environment,
  warn: (message: string) => void,
): Discovered {
  const named = options.files ?? [];
  if (named.length > 0) return { files: absolute(named, options.cwd), directory: startDirectory(options) };
  const fromEnvironment = composeFileVariable(environment);
  if (fromEnvironment.length > 0) {
    const files = absolute(fromEnvironment, options.cwd);
    for (const file of files) {
      if (file !== '-' && !exists(file))
        throw new ComposeError(`stat ${file}: no such file or directory`, { hint: 'COMPOSE_FILE names it' });
    }
    return { files, directory: startDirectory({ ...options, files }) };
  }
  return search(options, warn);
}

function absolute(files: readonly string[], cwd: string): readonly string[] {
  return files.map((file) => (file === '-' ? file : resolve(cwd, file)));
}

/** F7 */
function composeFileVariable(environment: Environment): readonly string[] {
  const separator = environment.get('COMPOSE_PATH_SEPARATOR') || delimiter;
  return (environment.get('COMPOSE_FILE') ?? '').split(separator).filter((file) => file !== '');
}

function search(options: DiscoveryOptions, warn: (message: string) => void): Discovered {
  const start = startDirectory(options);
  for (let directory = start; ; directory = dirname(directory)) {
    const candidates = defaultNames.map((name) => join(directory, name)).filter(exists);
    const [file] = candidates;
    if (file !== undefined) {
      if (candidates.length > 1) {
        warn(`Found multiple config files with supported names: ${candidates.join(', ')}`);
        warn(`Using ${file}`);
      }
      const override = overrideNames.map((name) => join(directory, name)).find(isFile);
      return {
        files: override === undefined ? [file] : [file, override],
        directory: options.projectDirectory === undefined ? directory : start,
      };
    }
    if (dirname(directory) === directory) break;
  }
  throw new ComposeError('no configuration file provided: not found', {
    hint: `looked for ${defaultNames.join(', ')} in ${start} and the directories above; name a file with -f`,
  });
}
