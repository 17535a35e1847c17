import { RefusedError } from '../../../port/errors.js';
import { nearest } from '../../../text/nearest.js';

/** The signals that a pretended process knows, with their numbers on Linux. */
const numbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGTERM: 15,
  SIGWINCH: 28,
};
const ending: readonly string[] = ['SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGTERM'];

/**
 * The full name of a signal given with or without SIG, in any case.
 *
 * @throws RefusedError when it is none that the sandbox knows.
 */
export function parseSignal(text: string): string {
  const upper = text.trim().toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  if (Object.hasOwn(numbers, name)) return name;
  const known = Object.keys(numbers);
  const near = nearest(name, known);
  throw new RefusedError(`the sandbox knows no signal "${text}"`, {
    hint: near === undefined ? `It knows ${known.join(', ')}.` : `Did you mean ${near}?`,
  });
}

/** The exit code of a process that this signal ends, or null when it ends none. */
export function exitCodeOf(signal: string): number | null {
  return ending.includes(signal) ? 128 + (numbers[signal] ?? 0) : null;
}

/** The signal that a process with this exit code ended by. */
export function signalOf(exitCode: number): string | undefined {
  return ending.find((signal) => exitCodeOf(signal) === exitCode);
}
