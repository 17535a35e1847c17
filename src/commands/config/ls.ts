import { Flags } from '@oclif/core';
import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { backendFlags, listFlags } from '../../lib/cli/flags.js';
import { configList, type ShownConfig } from '../../lib/ui/views/config.js';

export default class ConfigLs extends AppCommand<ShownConfig> {
  static override summary = 'List the environment of an app, values included';
  static override flags = {
    ...appFlags,
    service: Flags.string({ summary: 'That of one process type, its own variables included.', helpValue: 'SERVICE' }),
    oneline: Flags.boolean({ summary: 'Print KEY=VALUE words on one line.', exclusive: ['json', 'format', 'quiet'] }),
    ...listFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> config ls',
    '<%= config.bin %> config ls -a voting-app --service vote --oneline',
  ];

  protected readonly view = configList;

  async run(): Promise<ShownConfig> {
    const { flags } = await this.parse(ConfigLs);
    const app = await this.app(flags);
    const get = await this.verb('config', 'get');
    const target = flags.service === undefined ? { stack: app.id } : { service: `${flags.service}.${app.name}` };
    const { variables } = await get({ target }, {}, this.call);
    return { variables, oneline: flags.oneline };
  }
}
