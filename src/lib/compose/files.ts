import { readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { ComposeError } from './errors.js';
import { Source } from './source.js';

/**
 * Reads a text file. `shown` is how errors name it. Throws `ComposeError` for one that is missing, a directory,
 * unreadable or not UTF-8.
 */
export function readText(path: string, shown = path): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new ComposeError(`open ${shown}: ${reason(error)}`, { position: { file: shown } });
  }
  return decodeText(bytes, shown);
}

/** `bytes` as UTF-8. Throws `ComposeError` with the line of what is not. */
function decodeText(bytes: Uint8Array, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Broken bytes decode to the replacement character, which shows the place.
    const lossy = new TextDecoder().decode(bytes);
    const source = new Source(shown, lossy);
    throw new ComposeError(`${shown} is not valid UTF-8`, { position: source.position(lossy.indexOf('\uFFFD')) });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'no such file or directory',
  EISDIR: 'is a directory, not a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return reasons[code] ?? error.message;
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

export function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** `path` as messages show it: relative to `cwd` if it is below. */
export function shownPath(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below === '' || below.startsWith('..') ? path : below;
}
