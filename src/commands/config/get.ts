import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { textArg } from '../../lib/cli/args.js';
import { variableNamed } from '../../lib/cli/config-command.js';
import { backendFlags } from '../../lib/cli/flags.js';
import { checkVariableNames } from '../../lib/cli/pairs.js';
import type { ConfigVariable } from '../../lib/port/config.js';
import { configValue } from '../../lib/ui/views/config.js';

export default class ConfigGet extends AppCommand<ConfigVariable> {
  static override summary = 'Print the value of a variable of an app';
  static override args = { key: textArg({ required: true, description: 'Name of the variable.' }) };
  static override flags = { ...appFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> config get DATABASE_URL',
    '<%= config.bin %> config get -a voting-app DEBUG --json',
  ];

  protected readonly view = configValue;

  async run(): Promise<ConfigVariable> {
    const { args, flags } = await this.parse(ConfigGet);
    checkVariableNames([args.key]);
    const app = await this.app(flags);
    const get = await this.verb('config', 'get');
    return variableNamed(await get({ target: { stack: app.id } }, {}, this.call), args.key);
  }
}
