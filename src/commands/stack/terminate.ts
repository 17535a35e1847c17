import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, confirmFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Stack } from '../../lib/port/stacks.js';
import { stackMutation } from '../../lib/ui/views/stacks.js';

export default class StackTerminate extends BerthCommand<Mutation<Stack>> {
  static override summary = 'Stop and remove everything of a stack';
  static override args = { stack: textArg({ required: true, description: 'Name or id of the stack.' }) };
  static override flags = {
    volumes: Flags.boolean({ summary: 'Remove its volumes too.' }),
    ...confirmFlags,
    ...mutationFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> stack terminate voting-app',
    '<%= config.bin %> stack terminate voting-app --volumes --yes',
  ];

  protected readonly view = stackMutation;

  async run(): Promise<Mutation<Stack>> {
    const { args, flags } = await this.parse(StackTerminate);
    const options = { ...mutationOptions(flags), ...(flags.volumes && { volumes: true }) };
    const get = await this.verb('stacks', 'get');
    const stack = await get({ stack: args.stack }, {}, this.call);
    const terminate = await this.mutation('stacks', 'terminate', options);
    await this.confirm(`Terminate the stack ${stack.name} (${stack.services.length} services)?`, flags);
    return terminate({ stack: stack.id }, options, this.call);
  }
}
