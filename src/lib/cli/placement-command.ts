import type { Mutation } from '../port/actions.js';
import type { Placement } from '../port/placement.js';
import { placementMutation } from '../ui/views/placement.js';
import { AppCommand, appFlags } from './app-command.js';
import { textArg } from './args.js';
import { argumentWords } from './argument-words.js';
import { backendFlags, mutationFlags } from './flags.js';
import { mutationOptions } from './mutation-options.js';

/**
 * `tags set` and `tags unset`.
 *
 * @param word what each argument is.
 * @param read what the arguments ask for; throws UsageError for a wrong one.
 */
export function placementVerb(
  word: { readonly name: string; readonly description: string },
  read: (words: readonly string[]) => Readonly<Record<string, string | null>>,
) {
  abstract class PlacementVerb extends AppCommand<Mutation<Placement>> {
    static override strict = false;
    static override args = { [word.name]: textArg({ required: true, description: word.description }) };
    static override flags = { ...appFlags, ...mutationFlags, ...backendFlags };

    protected readonly view = placementMutation;

    async run(): Promise<Mutation<Placement>> {
      const { raw, flags } = await this.parse(PlacementVerb);
      const labels = read(argumentWords(raw));
      const options = mutationOptions(flags);
      const app = await this.app(flags);
      const set = await this.mutation('placement', 'set', options);
      return set({ stack: app.id, labels }, options, this.call);
    }
  }
  return PlacementVerb;
}
