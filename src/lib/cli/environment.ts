import os from 'node:os';
import path from 'node:path';

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
export function berthHome(env: Environment, cwd: string): string {
  const chosen = variable(env, 'BERTH_HOME');
  if (chosen !== undefined) return path.resolve(cwd, chosen);
  const data = variable(env, 'XDG_DATA_HOME') ?? '';
  return path.join(path.isAbsolute(data) ? data : path.join(homeDirectory(env), '.local', 'share'), 'berth');
}
