import { Flags } from '@oclif/core';
import { textArg } from '../../../lib/cli/args.js';
import { BerthCommand } from '../../../lib/cli/base-command.js';
import { backendFlags, listFlags } from '../../../lib/cli/flags.js';
import type { ConfigVariable } from '../../../lib/port/config.js';
import { environmentList } from '../../../lib/ui/views/config.js';

export default class ServiceEnvLs extends BerthCommand<readonly ConfigVariable[]> {
  static override summary = 'List the environment of a service, values included';
  static override args = { service: textArg({ required: true, description: 'name, name.stack or id.' }) };
  static override flags = {
    user: Flags.boolean({
      summary: 'Only what users set: by a verb, or in the definition.',
      exclusive: ['image', 'dockercloud'],
    }),
    image: Flags.boolean({ summary: 'Only what the image sets.', exclusive: ['user', 'dockercloud'] }),
    dockercloud: Flags.boolean({ summary: 'Only what the platform sets.', exclusive: ['user', 'image'] }),
    ...listFlags,
    quiet: Flags.boolean({
      char: 'q',
      summary: 'Print only KEY=VALUE.',
      helpGroup: 'OUTPUT',
      exclusive: ['json', 'format'],
    }),
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> service env ls vote',
    '<%= config.bin %> service env ls vote.voting-app --user -q',
  ];

  protected readonly view = environmentList;

  async run(): Promise<readonly ConfigVariable[]> {
    const { args, flags } = await this.parse(ServiceEnvLs);
    const get = await this.verb('config', 'get');
    const { variables } = await get({ target: { service: args.service } }, {}, this.call);
    return variables.filter(({ origin }) => {
      if (flags.user) return origin === 'set' || origin === 'definition';
      if (flags.image) return origin === 'image';
      return !flags.dockercloud || origin === 'platform';
    });
  }
}
