import { type ErrorCode, isAbortError, isBerthError } from '../port/errors.js';

/** The exit status of every kind of error, the same in text and JSON. `berth help exit-codes` prints it. */
const statusOf: Readonly<Record<ErrorCode, number>> = {
  internal: 1,
  usage: 2,
  input: 2,
  settings: 2,
  store: 2,
  refused: 3,
  conflict: 3,
  not_found: 4,
  ambiguous: 4,
  authentication: 5,
  unsupported: 6,
  timeout: 7,
  unreachable: 8,
  rollout_failed: 10,
  rolled_back: 11,
  paused: 12,
  unplaceable: 13,
  interrupted: 130,
};

/** What the process exits with because of this error (1-255). */
export function exitCodeFor(error: unknown): number {
  if (isBerthError(error)) return statusOf[error.code];
  return isAbortError(error) ? statusOf.interrupted : statusOf.internal;
}
