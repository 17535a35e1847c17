import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, changeFlags } from '../../lib/cli/flags.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Stack } from '../../lib/port/stacks.js';
import { stackMutation } from '../../lib/ui/views/stacks.js';

export default class AppsCreate extends BerthCommand<Mutation<Stack>> {
  static override summary = 'Create an app that runs nothing yet';
  static override args = { name: textArg({ description: 'Name of the app; without one, the platform chooses.' }) };
  static override flags = {
    'dry-run': Flags.boolean({ summary: 'Print the plan and change nothing.' }),
    ...changeFlags,
    ...backendFlags,
  };
  static override examples = ['<%= config.bin %> apps create voting-app', '<%= config.bin %> apps create -q'];

  protected readonly view = stackMutation;

  async run(): Promise<Mutation<Stack>> {
    const { args, flags } = await this.parse(AppsCreate);
    const options = {
      ...(flags['dry-run'] && { dryRun: true }),
      ...(args.name === undefined && { generateName: true }),
    };
    const create = await this.mutation('stacks', 'create', options);
    return create({ project: { name: args.name ?? '', services: {} } }, options, this.call);
  }
}
