import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Stack } from '../../lib/port/stacks.js';
import { stackMutation } from '../../lib/ui/views/stacks.js';

export default class StackAdopt extends BerthCommand<Mutation<Stack>> {
  static override summary = 'Take over what docker compose has deployed';
  static override description =
    'Its containers are left as they are. Their definition is read from them and becomes the first release; `stack up` ' +
    'with the file that they came from then changes what differs, and `stack terminate` removes all.';
  static override args = {
    name: textArg({ required: true, description: 'Name of the project, as `docker compose ls` shows it.' }),
  };
  static override flags = { ...mutationFlags, ...backendFlags };
  static override examples = ['<%= config.bin %> stack adopt shop --dry-run', '<%= config.bin %> stack adopt shop'];

  protected readonly view = stackMutation;

  async run(): Promise<Mutation<Stack>> {
    const { args, flags } = await this.parse(StackAdopt);
    const options = mutationOptions(flags);
    const adopt = await this.mutation('stacks', 'adopt', options);
    return adopt({ name: args.name }, options, this.call);
  }
}
