import fs from 'node:fs';
import path from 'node:path';
import { InputError, UsageError } from '../port/errors.js';
import type { Config } from '../port/config.js';
import { confirm } from '../ui/prompt.js';
import type { PulledConfig } from '../ui/views/config.js';
import { formatDotenv } from './dotenv-text.js';
import type { Runtime } from './runtime.js';
import { readDotenv } from './variables-input.js';
import { writeWholeFile } from './write-file.js';

export interface PullFlags {
  /** A file, or `-`; absent is .env, or standard output where that is no terminal. */
  readonly path?: string | undefined;
  readonly interactive: boolean;
  readonly overwrite: boolean;
}

/** Where the variables go, and what is there already; found out before anything is asked of a backend. */
export interface PullTarget {
  /** Absolute; null for standard output. */
  readonly file: string | null;
  /** As the user named it. */
  readonly named: string;
  readonly exists: boolean;
  /** Variables of the file that are to be kept, or asked about. */
  readonly present: Readonly<Record<string, string>>;
}

/** @throws UsageError for a file that is there, and nobody said what to do with it; InputError for one that is wrong. */
export async function pullTarget(flags: PullFlags, runtime: Runtime): Promise<PullTarget> {
  const named = flags.path ?? (toStandardOutput(flags, runtime) ? '-' : '.env');
  if (named === '-') {
    if (!flags.interactive && !flags.overwrite) return { file: null, named, exists: false, present: {} };
    throw new UsageError('standard output cannot be overwritten', {
      hint: 'Leave out --interactive and --overwrite, or name a file with --path.',
    });
  }
  const file = realPath(path.resolve(runtime.host.cwd, named));
  const status = fs.statSync(file, { throwIfNoEntry: false });
  if (status === undefined) return { file, named, exists: false, present: {} };
  if (!status.isFile()) throw new InputError(`${named} is not a file`, { position: { file: named } });
  if (!flags.interactive) {
    if (flags.overwrite) return { file, named, exists: true, present: {} };
    throw new UsageError(`there is a file ${named} already`, {
      hint: 'Replace it with --overwrite, or be asked about each variable with --interactive.',
    });
  }
  runtime.checkCanAsk('Replace the file with --overwrite.');
  return { file, named, exists: true, present: await readDotenv(file, runtime) };
}

/**
 * Writes the variables that a verb or the definition set. In a file that is there, those that it has besides stay, and
 * where the values differ the user is asked.
 *
 * @throws InterruptedError when a question is; UsageError when the file cannot be written.
 */
export async function pullConfig(config: Config, target: PullTarget, runtime: Runtime): Promise<PulledConfig> {
  const remote = config.variables.filter(({ origin }) => origin === 'set' || origin === 'definition');
  const kept = new Map(Object.entries(target.present));
  for (const { key, value } of remote) {
    const local = kept.get(key);
    if (local === undefined || local === value || (await replaces(key, local, value, runtime))) kept.set(key, value);
  }
  const variables = Object.fromEntries(kept);
  const text = formatDotenv(variables);
  const { file, named: typed, exists: replace } = target;
  if (file !== null) writeWholeFile(file, text, { replace, typed, mode: 0o600 });
  return { file, variables, text };
}

function toStandardOutput({ interactive, overwrite }: PullFlags, { host }: Runtime): boolean {
  return host.stdout.isTTY !== true && !interactive && !overwrite;
}

function replaces(key: string, local: string, value: string, runtime: Runtime): Promise<boolean> {
  const question = `${key}: replace ${JSON.stringify(local)} with ${JSON.stringify(value)}?`;
  return confirm(question, { stdin: runtime.host.stdin, sink: runtime.stderr, signal: runtime.signal });
}

/** What a link leads to, so that the link stays. */
function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}
