import { Flags } from '@oclif/core';
import { parseSignal } from '../port/signals.js';

/** The whole name of a signal that is given by name, with or without SIG and in any case, or by number. */
export const signalFlag = Flags.custom({
  helpValue: 'SIGNAL',
  parse: async (text) => parseSignal(text),
});
