import { isBerthError } from '../../port/errors.js';
import type { Check } from '../../ui/views/doctor.js';

export function ok(name: string, message: string): Check {
  return { name, status: 'ok', message, hint: null };
}

export function skipped(name: string, message: string): Check {
  return { name, status: 'skipped', message, hint: null };
}

export function warning(name: string, message: string, hint: string): Check {
  return { name, status: 'warning', message, hint };
}

export function failed(name: string, message: string, hint: string): Check {
  return { name, status: 'failed', message, hint };
}

/** What a check found by an error: the error's own words and way out. */
export function failedBy(name: string, error: unknown): Check {
  if (!isBerthError(error)) {
    const words = error instanceof Error ? error.message : String(error);
    return failed(name, `the check itself failed: ${words}`, 'This is a mistake in berth: please report it.');
  }
  const { message, detail, hint } = error;
  const words = detail === undefined ? message : `${message} (${detail})`;
  return failed(name, words, hint ?? 'See `berth help environment`.');
}

/** Why the file system refuses something, in its own words. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
