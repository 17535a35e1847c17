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
 * Where berth keeps its settings and its store: `BERTH_HOME`, else `berth` in the XDG data directory
 * (`$XDG_DATA_HOME`, by default `~/.local/share`).
 */
export function berthHome(env: Environment): string {
  const chosen = variable(env, 'BERTH_HOME');
  if (chosen !== undefined) return path.resolve(chosen);
  const data = variable(env, 'XDG_DATA_HOME') ?? path.join(homeDirectory(env), '.local', 'share');
  return path.join(data, 'berth');
}
