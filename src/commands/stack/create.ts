import { Flags } from '@oclif/core';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { loadDeployable } from '../../lib/cli/compose-input.js';
import { backendFlags, changeFlags, definitionFlags, stackNameFlags } from '../../lib/cli/flags.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Stack } from '../../lib/port/stacks.js';
import { strictFlags } from '../../lib/cli/up-command.js';
import { stackMutation } from '../../lib/ui/views/stacks.js';

export default class StackCreate extends BerthCommand<Mutation<Stack>> {
  static override summary = 'Create a stack without running it';
  static override flags = {
    ...stackNameFlags,
    ...definitionFlags,
    ...strictFlags,
    'dry-run': Flags.boolean({ summary: 'Print the plan and change nothing.' }),
    ...changeFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> stack create -f compose.yaml',
    '<%= config.bin %> stack create -n staging -f compose.yaml --strict -q',
  ];

  protected readonly view = stackMutation;

  async run(): Promise<Mutation<Stack>> {
    const { flags } = await this.parse(StackCreate);
    const options = { ...(flags['dry-run'] && { dryRun: true }), ...(flags.strict && { strict: true }) };
    const { project, warnings } = await loadDeployable(flags, this.runtime);
    for (const warning of warnings) await this.warning(warning);
    const create = await this.mutation('stacks', 'create', options);
    return create({ project }, options, this.call);
  }
}
