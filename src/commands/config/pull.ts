import { Flags } from '@oclif/core';
import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { pullConfig, pullTarget } from '../../lib/cli/config-pull.js';
import { backendFlags } from '../../lib/cli/flags.js';
import { type PulledConfig, pulledConfig } from '../../lib/ui/views/config.js';

export default class ConfigPull extends AppCommand<PulledConfig> {
  static override summary = 'Write the environment of an app to a .env file';
  static override description =
    'The file is readable by you alone, and `config push` reads it back as the same variables. Where standard output is ' +
    'no terminal, and none of --path, --interactive and --overwrite is given, the variables are printed.';
  static override flags = {
    ...appFlags,
    path: Flags.string({ char: 'p', summary: 'The file, .env by default; - is standard output.', helpValue: 'FILE' }),
    interactive: Flags.boolean({ char: 'i', summary: 'Keep what the file has besides, and ask where values differ.' }),
    overwrite: Flags.boolean({ char: 'o', summary: 'Replace a file that is there.' }),
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> config pull',
    '<%= config.bin %> config pull -a voting-app -p production.env --overwrite',
  ];

  protected readonly view = pulledConfig;

  async run(): Promise<PulledConfig> {
    const { flags } = await this.parse(ConfigPull);
    const target = await pullTarget(flags, this.runtime);
    const app = await this.app(flags);
    const get = await this.verb('config', 'get');
    return pullConfig(await get({ target: { stack: app.id } }, {}, this.call), target, this.runtime);
  }
}
