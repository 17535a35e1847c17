import { signalNumbers } from '../../../port/signals.js';

/** What a pretended process goes on through: those it handles, and those that would not end any (signal(7)). */
const heeded: ReadonlySet<string> = new Set([
  ...['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCHLD', 'SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG'],
  'SIGWINCH',
]);

/** The exit code of a process that this signal ends, or null when it ends none. */
export function exitCodeOf(signal: string): number | null {
  const number = signalNumbers[signal];
  return number === undefined || heeded.has(signal) ? null : 128 + number;
}

/** The signal that a process with this exit code ended by. */
export function signalOf(exitCode: number): string | undefined {
  return Object.keys(signalNumbers).find((signal) => exitCodeOf(signal) === exitCode);
}
