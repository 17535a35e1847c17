import { Flags } from '@oclif/core';
import { textArg } from './args.js';
import type { Mutation } from '../port/actions.js';
import type { Stack } from '../port/stacks.js';
import { stackMutation } from '../ui/views/stacks.js';
import { BerthCommand } from './base-command.js';
import { loadDefinition } from './compose-input.js';
import { backendFlags, definitionFlags, durationFlag, mutationFlags, stackNameFlags } from './flags.js';
import { mutationOptions } from './mutation-options.js';

/** `stack up` and its shortcut `up`. */
export abstract class UpCommand extends BerthCommand<Mutation<Stack>> {
  static override strict = false;
  static override args = {
    service: textArg({ description: 'Only these services and what they depend on.' }),
  };
  static override flags = {
    ...stackNameFlags,
    ...definitionFlags,
    monitor: durationFlag({ summary: 'How long everything must stay up before it counts as running.' }),
    prune: Flags.boolean({ summary: 'Remove services that are gone from the file.' }),
    ...mutationFlags,
    ...backendFlags,
  };

  protected readonly view = stackMutation;

  async run(): Promise<Mutation<Stack>> {
    const { flags, argv } = await this.parse(UpCommand);
    const services = argv.map(String);
    const options = {
      ...mutationOptions(flags),
      ...(flags.prune && { prune: true }),
      ...(flags.monitor !== undefined && { monitorMs: flags.monitor }),
      ...(services.length > 0 && { services }),
    };
    const { project, warnings } = await loadDefinition(flags, this.runtime);
    for (const warning of warnings) await this.warning(warning);
    const up = await this.mutation('stacks', 'up', options);
    return up({ project }, options, this.call);
  }
}
