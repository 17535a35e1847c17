import type { Verdict } from './verdict.js';

/**
 * The one error tree. Errors are recognised by `code` (never by class identity, since a chunk of the build may hold its
 * own copy of a class); `cli/exit-codes.ts` maps every code to an exit status.
 */
export type ErrorCode =
  | 'internal'
  | 'usage'
  | 'input'
  | 'settings'
  | 'store'
  | 'refused'
  | 'conflict'
  | 'not_found'
  | 'ambiguous'
  | 'authentication'
  | 'unsupported'
  | 'timeout'
  | 'unreachable'
  | 'rollout_failed'
  | 'rolled_back'
  | 'paused'
  | 'unplaceable'
  | 'interrupted';

/** Where in a file something is wrong. Lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The attribute, dotted: `services.web.ports[0]`. */
  readonly path?: string;
  /** The text of the line. */
  readonly excerpt?: string;
}

export interface ErrorOptions {
  /** What to do next: a sentence, or a command to run. */
  readonly hint?: string;
  /** The platform's own words, verbatim. */
  readonly detail?: string;
  readonly position?: SourcePosition;
  /** What scripts may want of it, as JSON: a verdict, the holder of a lock. Text and hint tell the same to people. */
  readonly data?: ErrorData;
  readonly cause?: unknown;
}

/** Each kind of thing an error may carry. */
export interface ErrorData {
  readonly verdict?: Verdict;
  /** Who holds what was to be changed. */
  readonly holder?: Holder;
}

/** Who is changing a stack. */
export interface Holder {
  readonly action: string;
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** The operation in words: `Stack Up`. */
  readonly command: string;
  /** RFC 3339. */
  readonly since: string;
}

export class BerthError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly detail: string | undefined;
  readonly position: SourcePosition | undefined;
  readonly data: ErrorData | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.detail = options.detail;
    this.position = options.position;
    this.data = options.data;
  }
}

/** The command line is wrong: unknown flag, missing argument, values that exclude each other. */
export class UsageError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('usage', message, options);
  }
}

/** A file the user gave is wrong. */
export class InputError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('input', message, options);
  }
}

/** berth's own settings file cannot be used. */
export class SettingsError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('settings', message, options);
  }
}

/** berth's store cannot be read or written. It is never overwritten to get out of this. */
export class StoreError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('store', message, options);
  }
}

/** The platform understood the request and refused it. */
export class RefusedError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('refused', message, options);
  }
}

/** Somebody else holds or changed what this request wanted to change. */
export class ConflictError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('conflict', message, options);
  }
}

export class NotFoundError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('not_found', message, options);
  }
}

export class AmbiguousError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('ambiguous', message, options);
  }
}

export class AuthenticationError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('authentication', message, options);
  }
}

/** The backend has no such verb or option. */
export class UnsupportedError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('unsupported', message, options);
  }
}

/** Waiting ended before the work did; the work goes on. */
export class WaitTimeoutError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('timeout', message, options);
  }
}

export class UnreachableError extends BerthError {
  constructor(message: string, options?: ErrorOptions) {
    super('unreachable', message, options);
  }
}

/** A rollout ended in something other than success: `rollout_failed`, `rolled_back`, `paused` or `unplaceable`. */
export class RolloutError extends BerthError {}

/** The user or a signal stopped the command. */
export class InterruptedError extends BerthError {
  constructor(message = 'interrupted', options?: ErrorOptions) {
    super('interrupted', message, options);
  }
}

const codes: ReadonlySet<string> = new Set<ErrorCode>([
  'internal',
  'usage',
  'input',
  'settings',
  'store',
  'refused',
  'conflict',
  'not_found',
  'ambiguous',
  'authentication',
  'unsupported',
  'timeout',
  'unreachable',
  'rollout_failed',
  'rolled_back',
  'paused',
  'unplaceable',
  'interrupted',
]);

/** True for an error of this tree, whichever copy of the class made it. */
export function isBerthError(error: unknown): error is BerthError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.has(error.code);
}

/** True for what `AbortSignal.throwIfAborted` and aborted node APIs throw. */
export function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
