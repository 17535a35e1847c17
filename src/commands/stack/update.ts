import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { loadDeployable } from '../../lib/cli/compose-input.js';
import { backendFlags, definitionFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Stack } from '../../lib/port/stacks.js';
import { stackMutation } from '../../lib/ui/views/stacks.js';

export default class StackUpdate extends BerthCommand<Mutation<Stack>> {
  static override summary = 'Store a new definition of a stack';
  static override description = 'What runs stays as it is until `stack redeploy` or `stack up`, or with --redeploy.';
  static override args = { stack: textArg({ required: true, description: 'Name or id of the stack.' }) };
  static override flags = {
    redeploy: Flags.boolean({ summary: 'Replace at once what runs and differs.' }),
    ...definitionFlags,
    ...mutationFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> stack update voting-app -f compose.yaml',
    '<%= config.bin %> stack update voting-app -f compose.yaml --redeploy --timeout 5m',
  ];

  protected readonly view = stackMutation;

  async run(): Promise<Mutation<Stack>> {
    const { args, flags } = await this.parse(StackUpdate);
    const options = { ...mutationOptions(flags), ...(flags.redeploy && { redeploy: true }) };
    const get = await this.verb('stacks', 'get');
    const { id, name } = await get({ stack: args.stack }, {}, this.call);
    const { project, warnings } = await loadDeployable({ ...flags, name }, this.runtime);
    for (const warning of warnings) await this.warning(warning);
    const update = await this.mutation('stacks', 'update', options);
    return update({ stack: id, project }, options, this.call);
  }
}
