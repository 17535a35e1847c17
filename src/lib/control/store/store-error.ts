import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isBerthError, StoreError } from '../../port/errors.js';

/**
 * True for what is wrong with the file: its result codes, those of the system (`ENOSPC`), and what libsql throws without
 * a code when it cannot open one. All other codes (`SQLITE_ERROR`, `SQLITE_CONSTRAINT`...) are mistakes of our own.
 */
function isAboutFile(error: Error, code: string | undefined): boolean {
  if (code === undefined) return error.message.startsWith('ConnectionFailed');
  return fileCodes.test(code) || /^E[A-Z0-9]+$/.test(code);
}

const fileCodes = /^SQLITE_(CANTOPEN|NOTADB|CORRUPT|READONLY|FULL|IOERR|PERM|AUTH|BUSY|LOCKED|PROTOCOL)(_|$)/;

/** SQLite's name of an error, `SQLITE_BUSY`, or the system's, `ENOSPC`. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const unnamed = /^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(error.code)?.[1];
  // The low byte of a result code says what it is about, the rest why.
  return (unnamed === undefined ? undefined : primaryCodes.get(Number(unnamed) & 0xff)) ?? error.code;
}

/** Result codes about the file, by number (sqlite.org/rescode.html): libsql has no names for some of their variants. */
const primaryCodes: ReadonlyMap<number, string> = new Map([
  [3, 'SQLITE_PERM'],
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [15, 'SQLITE_PROTOCOL'],
  [23, 'SQLITE_AUTH'],
  [26, 'SQLITE_NOTADB'],
]);

/**
 * Turns what a file system or SQLite threw because of the file into a StoreError that names it, says what happened and
 * what to do. All other errors pass as they are.
 *
 * @param busyTimeoutMs how long a locked store was waited for.
 */
export function storeError(path: string, error: unknown, busyTimeoutMs: number): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const known = sqliteCode(error);
  if (isBerthError(error) || !isAboutFile(error, known)) return error;
  const code = known ?? '';
  const { what, hint } = explain(path, code, busyTimeoutMs);
  return new StoreError(`the store ${path} ${what}`, {
    hint,
    detail: `${code}${code === '' ? '' : ': '}${error.message}`,
    cause: error,
  });
}

/** The store is of the right format but holds something that no berth wrote. */
export function damagedStore(path: string, detail: string): StoreError {
  return new StoreError(`the store ${path} ${damaged}`, { hint: damagedHint(path), detail });
}

interface Explanation {
  readonly what: string;
  readonly hint: string;
}

function explain(path: string, code: string, busyTimeoutMs: number): Explanation {
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return { what: damaged, hint: damagedHint(path) };
  }
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) {
    return {
      what: `has been locked by another process for ${Math.round(busyTimeoutMs / 100) / 10} s`,
      hint: 'Nothing was changed. Run the command again when the other berth command has finished.',
    };
  }
  if (cannotGrow.has(code)) {
    return {
      what: 'cannot grow',
      hint: 'The last change was taken back. Free space on its disk, or raise the file size limit (`ulimit -f`), and run the command again.',
    };
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS') {
    return { what: 'cannot be written', hint: accessHint(path) };
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return { what: 'cannot be read or written', hint: 'Check the disk it is on, and that nobody replaced the file.' };
  }
  return { what: 'cannot be opened', hint: accessHint(path) };
}

/** Result codes of a write that found no room: a full disk, a quota, or a file size limit. */
const cannotGrow: ReadonlySet<string> = new Set([
  'SQLITE_FULL',
  'SQLITE_IOERR_WRITE',
  'SQLITE_IOERR_FSYNC',
  'SQLITE_IOERR_TRUNCATE',
  'SQLITE_IOERR_SHMSIZE',
  'SQLITE_IOERR_SHMOPEN',
  'SQLITE_IOERR_SHMMAP',
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
]);

const damaged = 'is damaged, or not a berth store';

function damagedHint(path: string): string {
  return `Nothing was changed. Restore it from a backup, or start with an empty one by moving it away: mv ${path} ${path}.damaged`;
}

function accessHint(path: string): string {
  const directory = dirname(path);
  if (isDirectory(path)) return `${path} is a directory: point BERTH_HOME elsewhere.`;
  if (!isDirectory(directory)) return `${directory} is not a directory that can be used: point BERTH_HOME elsewhere.`;
  const missing = may(directory, constants.W_OK) ? path : directory;
  return `Check who owns ${missing} and that you may read and write it, or point BERTH_HOME elsewhere.`;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
