import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { UsageError } from '../../../port/errors.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const authEntry = v.looseObject({
  auth: v.optional(v.string()),
  identitytoken: v.optional(v.string()),
  username: v.optional(v.string()),
  password: v.optional(v.string()),
});

const contentsSchema = v.looseObject({
  currentContext: v.optional(v.string()),
  credsStore: v.optional(v.string()),
  credHelpers: v.optional(v.record(v.string(), v.string())),
  auths: v.optional(v.record(v.string(), authEntry)),
});

export type DockerConfigContents = v.InferOutput<typeof contentsSchema>;
export type AuthEntry = v.InferOutput<typeof authEntry>;

/** The folder of Docker's own client: `$DOCKER_CONFIG`, or `~/.docker`. */
export function dockerFolder(env: Environment, home: string): string {
  return env['DOCKER_CONFIG'] ? env['DOCKER_CONFIG'] : join(home, '.docker');
}

/**
 * Reads `config.json` of Docker's client. A file that is not there is an empty one; members we do not know are kept.
 *
 * @throws UsageError when it cannot be read, or is not what Docker writes.
 */
export function readConfigFile(path: string): DockerConfigContents {
  const text = readIfThere(path);
  if (text === null || text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // The parser's words quote the text, which holds credentials.
    throw new UsageError(`${path} is not JSON`, { hint: 'It is the settings file of the docker command.', cause });
  }
  const parsed = v.safeParse(contentsSchema, value);
  if (parsed.success && !Array.isArray(value)) return parsed.output;
  const [issue] = parsed.issues ?? [];
  const member = issue === undefined ? null : v.getDotPath(issue);
  throw new UsageError(`${path} cannot be used: ${member ?? 'the file'} should be ${issue?.expected ?? 'Object'}`, {
    hint: 'It is the settings file of the docker command.',
  });
}

/**
 * Changes `config.json` in one step: read, changed, written beside it and renamed over it, for its owner only. A
 * symbolic link stays one.
 *
 * @throws UsageError when it cannot be read or written.
 */
export function changeConfigFile(path: string, change: (contents: DockerConfigContents) => DockerConfigContents): void {
  const contents = change(readConfigFile(path));
  let partial: string | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const target = realPath(path);
    partial = `${target}.${randomUUID()}`;
    writeFileSync(partial, `${JSON.stringify(contents, null, '\t')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(partial, 0o600);
    renameSync(partial, target);
  } catch (cause) {
    if (partial !== undefined) rmSync(partial, { force: true });
    throw new UsageError(`${path} cannot be written: ${reason(cause)}`, { cause });
  }
}

/**
 * @returns null when there is no such file.
 * @throws UsageError when there is one that cannot be read.
 */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) return null;
    throw new UsageError(`${path} cannot be read: ${reason(cause)}`, { cause });
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown error';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
