import { nearest } from '../text/nearest.js';
import { UsageError } from './errors.js';

/** The standard signals of Linux, with their numbers on x86 and ARM (signal(7)). */
export const signalNumbers: Readonly<Record<string, number>> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9 },
  ...{ SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGSTKFLT: 16, SIGCHLD: 17 },
  ...{ SIGCONT: 18, SIGSTOP: 19, SIGTSTP: 20, SIGTTIN: 21, SIGTTOU: 22, SIGURG: 23, SIGXCPU: 24, SIGXFSZ: 25 },
  ...{ SIGVTALRM: 26, SIGPROF: 27, SIGWINCH: 28, SIGIO: 29, SIGPWR: 30, SIGSYS: 31 },
};

/**
 * The whole name of a signal that is given by its number, or by its name with or without SIG, in any case.
 *
 * @throws UsageError when it is none.
 */
export function parseSignal(text: string): string {
  const word = text.trim().toUpperCase();
  const byNumber = Object.keys(signalNumbers).find((name) => String(signalNumbers[name]) === word);
  if (byNumber !== undefined) return byNumber;
  const name = word.startsWith('SIG') ? word : `SIG${word}`;
  if (Object.hasOwn(signalNumbers, name)) return name;
  const near = nearest(name, Object.keys(signalNumbers));
  throw new UsageError(`${JSON.stringify(text)} is no signal`, {
    hint: near === undefined ? 'Give a name or a number: TERM, SIGTERM or 15.' : `Did you mean ${near.slice(3)}?`,
  });
}
