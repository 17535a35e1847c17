import { Args } from '@oclif/core';
import { UsageError } from '../../port/errors.js';

/** A required argument that is one of a few words. */
export function choiceArg<const Choice extends string>(choices: readonly Choice[], description: string) {
  const custom = Args.custom<Choice>({
    ignoreStdin: true,
    options: [...choices],
    parse: async (text) => {
      const found = choices.find((choice) => choice === text);
      if (found === undefined) throw new UsageError(`${JSON.stringify(text)} is none of ${choices.join(', ')}`);
      return found;
    },
  });
  return custom({ required: true, description });
}
