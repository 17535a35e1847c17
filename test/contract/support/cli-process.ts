import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  BerthError,
  InterruptedError,
  type ErrorCode,
  type ErrorData,
  type SourcePosition,
} from '../../../src/lib/port/errors.js';
import type { CallContext } from '../../../src/lib/port/verb.js';
import { faultsBy } from './schemas.js';

const launcher = path.resolve(import.meta.dirname, '../../../bin/run.js');

export interface CliOptions {
  /** Holds BERTH_HOME and the working directory. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The document that a failed command prints; `schemas/error.json`. */
interface ErrorDocument {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly detail?: string;
    readonly hint?: string;
    readonly position?: SourcePosition;
    readonly data?: ErrorData;
    readonly exitCode: number;
  };
}

/**
 * The document that a command prints with `--json`.
 *
 * @throws BerthError as the command's error document tells it; Error when what it printed is not what was agreed.
 */
export async function document(
  options: CliOptions,
  args: readonly string[],
  { signal }: CallContext,
): Promise<unknown> {
  const child = start(options, args, signal);
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)]);
  const value = parse(stdout, args, stderr);
  if (exitCode === 0) return value;
  throw errorOf(value, exitCode, stderr, args);
}

/**
 * The objects that a command prints with `--json`, one a line, as they come. Ends when the signal aborts.
 *
 * @throws like `document`.
 */
export async function* lines(options: CliOptions, args: readonly string[], { signal }: CallContext): AsyncGenerator {
  const child = start(options, args, signal);
  const exit = ended(child);
  const stderr = text(child.stderr);
  let failure: unknown;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const value = parse(line, args, '');
      if (isErrorDocument(value)) failure = value;
      else yield value;
    }
  } finally {
    // Whoever stops to read stops the command.
    if (child.exitCode === null && failure === undefined) child.kill('SIGINT');
  }
  const exitCode = await exit;
  if (exitCode === 0 || (signal.aborted && exitCode === 130 && failure === undefined)) return;
  throw errorOf(failure, exitCode, await stderr, args);
}

function start({ directory, env }: CliOptions, args: readonly string[], signal: AbortSignal): Child {
  // What would be stopped before it can tell is not started.
  if (signal.aborted) throw new InterruptedError();
  // Behind the words of the command: after a `--` the flag would be an argument.
  const words = args[0] === 'service' && args[1] === 'env' ? 3 : 2;
  const child = spawn(process.execPath, [launcher, ...args.slice(0, words), '--json', ...args.slice(words)], {
    cwd: directory,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: directory,
      XDG_CACHE_HOME: path.join(directory, '..', 'berth-contract-cache'),
      BERTH_HOME: path.join(directory, 'berth'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const interrupt = (): void => {
    child.kill('SIGINT');
  };
  signal.addEventListener('abort', interrupt);
  child.on('close', () => signal.removeEventListener('abort', interrupt));
  return child;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function ended(child: Child): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}

function parse(json: string, args: readonly string[], stderr: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Error(`berth ${args.join(' ')} --json printed no JSON:\n${json}\n${stderr}`);
  }
}

/** The error that a document tells; exit status, document and what is told in words have to agree. */
function errorOf(value: unknown, exitCode: number | null, stderr: string, args: readonly string[]): Error {
  const command = `berth ${args.join(' ')}`;
  if (!isErrorDocument(value)) {
    const faults = faultsBy('error.json', value).join('\n');
    return new Error(`${command} ended with ${exitCode ?? 'a signal'} and no error document:\n${faults}\n${stderr}`);
  }
  const { code, message, ...options } = value.error;
  if (options.exitCode !== exitCode) {
    return new Error(`${command} ended with ${exitCode ?? 'a signal'}, its document says ${options.exitCode}`);
  }
  if (!stderr.includes(message)) return new Error(`${command} did not tell ${code} on stderr:\n${stderr}`);
  return new BerthError(code, message, options);
}

function isErrorDocument(value: unknown): value is ErrorDocument {
  return faultsBy('error.json', value).length === 0;
}
