import { Flags } from '@oclif/core';
import type { Mutation } from '../port/actions.js';
import type { LimitChange, ServiceLimits } from '../port/limits.js';
import { limitsMutation } from '../ui/views/limits.js';
import { AppCommand, appFlags } from './app-command.js';
import { textArg } from './args.js';
import { argumentWords } from './argument-words.js';
import { backendFlags, mutationFlags } from './flags.js';
import type { LimitedResource } from './limit-values.js';
import { mutationOptions } from './mutation-options.js';

/**
 * `limits set` and `limits unset`.
 *
 * @param word what each argument is.
 * @param read what the arguments ask for; throws UsageError for a wrong one.
 */
export function limitsVerb(
  word: { readonly name: string; readonly description: string },
  read: (words: readonly string[], resource: LimitedResource) => Readonly<Record<string, LimitChange>>,
) {
  abstract class LimitsVerb extends AppCommand<Mutation<readonly ServiceLimits[]>> {
    static override strict = false;
    static override args = { [word.name]: textArg({ required: true, description: word.description }) };
    static override flags = {
      ...appFlags,
      memory: Flags.boolean({ char: 'm', summary: 'Limit memory: the default.', exclusive: ['cpu'] }),
      cpu: Flags.boolean({ char: 'c', summary: 'Limit CPU.', exclusive: ['memory'] }),
      ...mutationFlags,
      ...backendFlags,
    };

    protected readonly view = limitsMutation;

    async run(): Promise<Mutation<readonly ServiceLimits[]>> {
      const { raw, flags } = await this.parse(LimitsVerb);
      const limits = read(argumentWords(raw), flags.cpu ? 'cpu' : 'memory');
      const options = mutationOptions(flags);
      const app = await this.app(flags);
      const set = await this.mutation('limits', 'set', options);
      return set({ stack: app.id, limits }, options, this.call);
    }
  }
  return LimitsVerb;
}
