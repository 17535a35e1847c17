import fs from 'node:fs';
import path from 'node:path';
import { UsageError } from '../port/errors.js';

export interface WriteFileOptions {
  /** Take the place of a file that is there. */
  readonly replace: boolean;
  /** The file as the user named it, for messages. */
  readonly typed: string;
  /** Permissions of a new file, which the umask narrows: 0o666 by default. */
  readonly mode?: number;
}

/**
 * Writes a file in one piece: whoever looks sees the file as it was, or all of the new one.
 *
 * @param file absolute.
 * @throws UsageError when it is there and not to be replaced, and when it cannot be written.
 */
export function writeWholeFile(file: string, text: string, { replace, typed, mode = 0o666 }: WriteFileOptions): void {
  const partial = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.part`);
  try {
    fs.writeFileSync(partial, text, { mode, flag: 'wx' });
    try {
      if (replace) fs.renameSync(partial, file);
      else putBeside(partial, file);
    } finally {
      fs.rmSync(partial, { force: true });
    }
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && fs.existsSync(file)) throw alreadyThere(typed);
    throw new UsageError(`cannot write ${typed}`, {
      detail: reasonOf(error),
      hint: wayOut(typed, error),
      cause: error,
    });
  }
}

/** Gives a file its name; fails where another has it, also one that came just now. */
function putBeside(partial: string, file: string): void {
  try {
    fs.linkSync(partial, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    // A file system without links: whole, but not at one moment.
    fs.copyFileSync(partial, file, fs.constants.COPYFILE_EXCL);
  }
}

/** @throws UsageError when the file is there: before any work is done for it. */
export function refuseExistingFile(file: string, typed: string): void {
  if (fs.existsSync(file)) throw alreadyThere(typed);
}

function alreadyThere(file: string): UsageError {
  return new UsageError(`${file} is there already`, { hint: 'Replace it with --force.' });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** The system's own words, without the name of the file that is written first. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, \w+ '[^]*$/, '');
}

function wayOut(typed: string, error: unknown): string {
  if (codeOf(error) === 'ENOENT') return `Make the directory ${path.dirname(typed)} first, or name another file.`;
  return 'Name a file in a directory that you may write to.';
}
