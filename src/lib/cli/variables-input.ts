import fs from 'node:fs';
import path from 'node:path';
import { InputError, UsageError } from '../port/errors.js';
import { parseDotenv } from './dotenv-text.js';
import { parseVariables } from './pairs.js';
import type { Runtime } from './runtime.js';

/** Where variables are given. */
export interface VariableSources {
  /** `KEY=VALUE`, and `-` for .env text on standard input where that is allowed. */
  readonly words: readonly string[];
  readonly files: readonly string[];
  /** True where `-` among the words is standard input. Default false. */
  readonly stdin?: boolean;
}

/**
 * The variables of files, standard input and words; those of a later source win, words over everything.
 *
 * @throws UsageError for a wrong word, InputError for a file that cannot be read or is wrong: before anything is sent.
 */
export async function readVariables(
  { words, files, stdin = false }: VariableSources,
  runtime: Runtime,
): Promise<Readonly<Record<string, string>>> {
  const isStdin = (word: string): boolean => stdin && word === '-';
  const own = parseVariables(words.filter((word) => !isStdin(word)));
  let result: Readonly<Record<string, string>> = {};
  for (const file of files) result = { ...result, ...readDotenvFile(file, runtime) };
  if (words.some(isStdin)) result = { ...result, ...(await readDotenvInput(runtime)) };
  return { ...result, ...own };
}

/** @throws UsageError when there are none. */
export function atLeastOne(
  variables: Readonly<Record<string, string>>,
  hint: string,
): Readonly<Record<string, string>> {
  if (Object.keys(variables).length === 0) throw new UsageError('no variables were given', { hint });
  return variables;
}

/** The variables of a .env file; `-` is standard input. @throws InputError. */
export async function readDotenv(file: string, runtime: Runtime): Promise<Readonly<Record<string, string>>> {
  return file === '-' ? readDotenvInput(runtime) : readDotenvFile(file, runtime);
}

function readDotenvFile(file: string, runtime: Runtime): Readonly<Record<string, string>> {
  let bytes: Uint8Array;
  try {
    bytes = fs.readFileSync(path.resolve(runtime.host.cwd, file));
  } catch (cause) {
    throw new InputError(`cannot read ${file}: ${reasonOf(cause)}`, { position: { file }, cause });
  }
  return parseDotenv(decode(bytes, file), file);
}

async function readDotenvInput(runtime: Runtime): Promise<Readonly<Record<string, string>>> {
  const { stdin } = runtime.host;
  if (stdin.isTTY === true) {
    throw new UsageError('standard input is a terminal', { hint: 'Pipe a .env file in, or name one with --env-file.' });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return parseDotenv(decode(Buffer.concat(chunks), '<stdin>'), '<stdin>');
}

function decode(bytes: Uint8Array, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`${shown} is not valid UTF-8`, { position: { file: shown }, cause });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return reasons[code] ?? error.message;
}
