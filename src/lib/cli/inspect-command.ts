import { textArg } from './args.js';
import { BerthCommand } from './base-command.js';
import { backendFlags, formatFlags } from './flags.js';
import type { Noun } from './nouns.js';

/** `inspect` of a noun: one name, one object. */
export function inspectCommand<Detail>(noun: Noun<Detail>) {
  abstract class InspectCommand extends BerthCommand<Detail> {
    static override args = { [noun.word]: textArg({ required: true, description: noun.namedBy }) };
    static override flags = { ...formatFlags, ...backendFlags };

    protected readonly view = noun.detail;

    async run(): Promise<Detail> {
      const { args } = await this.parse(InspectCommand);
      return noun.get((facet, verb, options) => this.verb(facet, verb, options), args[noun.word] ?? '', this.call);
    }
  }
  return InspectCommand;
}
