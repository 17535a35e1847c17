import { Flags } from '@oclif/core';
import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { backendFlags, confirmFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import { confirmByName } from '../../lib/cli/typed-name.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Stack } from '../../lib/port/stacks.js';
import { stackMutation } from '../../lib/ui/views/stacks.js';

export default class AppsDestroy extends AppCommand<Mutation<Stack>> {
  static override summary = 'Stop and remove everything of an app';
  static override description = 'Its volumes stay: `stack terminate --volumes` removes them too.';
  static override flags = {
    ...appFlags,
    confirm: Flags.string({ summary: 'Name of the app once more, in place of typing it.', helpValue: 'APP' }),
    ...confirmFlags,
    ...mutationFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> apps destroy',
    '<%= config.bin %> apps destroy -a voting-app --confirm=voting-app',
  ];

  protected readonly view = stackMutation;

  async run(): Promise<Mutation<Stack>> {
    const { flags } = await this.parse(AppsDestroy);
    const options = mutationOptions(flags);
    const app = await this.app(flags);
    const terminate = await this.mutation('stacks', 'terminate', options);
    await confirmByName(app.name, flags, this.runtime);
    return terminate({ stack: app.id }, options, this.call);
  }
}
