import { join, resolve } from 'node:path';
import { EnvFileError, parseEnvFile } from './dotenv.js';
import { ComposeError } from './errors.js';
import { exists, isFile, readText } from './files.js';
import { InvalidTemplateError, MissingVariableError, type Lookup } from './template.js';

/** What variables are replaced from (reference/compose/SPEC.md E1-E8). */
export type Environment = ReadonlyMap<string, string>;

export function environmentOf(env: Readonly<Record<string, string | undefined>>): Map<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) if (value !== undefined) result.set(name, value);
  return result;
}

/**
 * `process` and below it the env files, later ones over earlier ones. Without `files`, COMPOSE_ENV_FILES and then
 * `.env` of `directory` is read, unless COMPOSE_DISABLE_ENV_FILE says no. Throws `ComposeError`.
 */
export function withEnvFiles(
  process: Environment,
  files: readonly string[] | undefined,
  directory: string,
  cwd: string,
): Map<string, string> {
  const named =
    files ??
    process
      .get('COMPOSE_ENV_FILES')
      ?.split(',')
      .filter((name) => name !== '') ??
    [];
  const disabled = /^(?:1|true)$/i.test(process.get('COMPOSE_DISABLE_ENV_FILE') ?? '');
  const standard = join(directory, '.env');
  const paths = named.length > 0 ? named.map((name) => resolve(cwd, name)) : disabled ? [] : [standard];
  let found: Map<string, string> = new Map();
  for (const path of paths) {
    if (path === standard && named.length === 0 && !isFile(path)) continue;
    if (!exists(path)) throw new ComposeError(`couldn't find env file: ${path}`, { position: { file: path } });
    found = new Map([...found, ...readEnvFile(path, (name) => process.get(name), found)]);
  }
  return new Map([...found, ...process]);
}

/** The variables of an env file. Throws `ComposeError` that names the file and line. */
export function readEnvFile(path: string, lookup: Lookup, earlier: Environment): Map<string, string> {
  const text = readText(path);
  try {
    return parseEnvFile(text, lookup, earlier);
  } catch (error) {
    if (error instanceof EnvFileError) {
      const excerpt = text.split('\n')[error.line - 1]?.trimEnd() ?? '';
      throw new ComposeError(`failed to read ${path}: ${error.message}`, {
        position: { file: path, line: error.line, excerpt },
      });
    }
    if (error instanceof MissingVariableError || error instanceof InvalidTemplateError) {
      throw new ComposeError(`failed to read ${path}: ${error.message}`, { position: { file: path } });
    }
    throw error;
  }
}
