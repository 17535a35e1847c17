import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable's value, or undefined when it is unset or blank. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}

/** True for `1`, `true`, `yes` and `on`. */
export function isSwitchedOn(env: Environment, name: string): boolean {
  return ['1', 'true', 'yes', 'on'].includes((env[name] ?? '').toLowerCase());
}

/** The user's home directory, `HOME` first. */
export function homeDirectory(env: Environment): string {
  return variable(env, 'HOME') ?? os.homedir();
}

/**
 * Where berth keeps its settings and its store, absolute: `BERTH_HOME` (relative to `cwd`), else `berth` in the XDG data
 * directory (`$XDG_DATA_HOME`, by default `~/.local/share`; the XDG specification has relative ones ignored).
 */
export function berthHome(env: Environment, cwd: () => string): string {
  const chosen = variable(env, 'BERTH_HOME');
  if (chosen !== undefined) return path.isAbsolute(chosen) ? path.normalize(chosen) : path.join(cwd(), chosen);
  const data = variable(env, 'XDG_DATA_HOME') ?? '';
  return path.join(path.isAbsolute(data) ? data : path.join(homeDirectory(env), '.local', 'share'), 'berth');
}

/** The text of a file, or undefined when it cannot be read. */
export function readTextFile(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * The environment berth was started with. Node takes `--env-file` for itself wherever it stands on a command line, and
 * puts the file's variables, read by its own grammar, into the environment, where they would beat the file as berth
 * reads it. What Node put there is taken out again.
 *
 * @param argv the arguments after the program's name.
 * @param readFile gives the text of a file, or undefined when there is none.
 */
export function environmentBeforeNode(
  env: Environment,
  argv: readonly string[],
  readFile: (file: string) => string | undefined,
): Environment {
  const added = nodeEnvFiles(argv).flatMap((file) => Object.entries(parseEnv(readFile(file) ?? '')));
  if (added.length === 0) return env;
  const isAdded = ([name, value]: readonly [string, unknown]): boolean =>
    added.some(([other, text]) => other === name && text === value);
  return Object.fromEntries(Object.entries(env).filter((entry) => !isAdded(entry)));
}

/** Values of `--env-file` and `--env-file-if-exists` as Node finds them: anywhere before `--`. */
function nodeEnvFiles(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  return words.flatMap((word, index) => {
    const [flag, ...value] = word.split('=');
    if (flag !== '--env-file' && flag !== '--env-file-if-exists') return [];
    return value.length > 0 ? [value.join('=')] : words.slice(index + 1, index + 2);
  });
}
