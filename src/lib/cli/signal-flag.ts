import { Flags } from '@oclif/core';
import { UsageError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';

/** Signals that a container can be sent, by their whole names. */
export const signals: readonly string[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGTERM',
  'SIGWINCH',
];

/** The whole name of a signal that is given with or without SIG, in any case. */
export const signalFlag = Flags.custom({
  helpValue: 'SIGNAL',
  parse: async (text) => {
    const upper = text.trim().toUpperCase();
    const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
    if (signals.includes(name)) return name;
    const near = nearest(name, signals);
    const known = `Signals: ${signals.map((signal) => signal.slice(3)).join(', ')}.`;
    throw new UsageError(`${JSON.stringify(text)} is no signal`, {
      hint: near === undefined ? known : `Did you mean ${near.slice(3)}? ${known}`,
    });
  },
});
