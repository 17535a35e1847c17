import { textArg } from '../../lib/cli/args.js';
import { argumentWords } from '../../lib/cli/argument-words.js';
import { configChangeFlags, ConfigChangeCommand } from '../../lib/cli/config-command.js';
import { removedVariables } from '../../lib/cli/pairs.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Config } from '../../lib/port/config.js';

export default class ConfigUnset extends ConfigChangeCommand {
  static override summary = 'Unset variables of an app, as one release';
  static override description =
    'They are not there afterwards, also where the file has them; `stack up --reset-config` brings those back.';
  static override strict = false;
  static override args = { key: textArg({ required: true, description: 'Names of variables.' }) };
  static override flags = configChangeFlags;
  static override examples = [
    '<%= config.bin %> config unset DEBUG',
    '<%= config.bin %> config unset -a voting-app DEBUG MODE --no-redeploy',
  ];

  async run(): Promise<Mutation<Config>> {
    const { raw, flags } = await this.parse(ConfigUnset);
    return this.change(removedVariables(argumentWords(raw)), flags);
  }
}
