import { Flags } from '@oclif/core';
import { configChangeFlags, ConfigChangeCommand } from '../../lib/cli/config-command.js';
import { atLeastOne, readDotenv } from '../../lib/cli/variables-input.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Config } from '../../lib/port/config.js';

export default class ConfigPush extends ConfigChangeCommand {
  static override summary = 'Set the variables of a .env file, as one release';
  static override description =
    'Quotes, export, comments and blank lines are understood; a $ in a value stays. Variables that the file does not ' +
    'name stay as they are.';
  static override flags = {
    path: Flags.string({ char: 'p', summary: 'The file; - is standard input.', helpValue: 'FILE', default: '.env' }),
    ...configChangeFlags,
  };
  static override examples = [
    '<%= config.bin %> config push',
    '<%= config.bin %> config push -a voting-app -p production.env --no-redeploy',
  ];

  async run(): Promise<Mutation<Config>> {
    const { flags } = await this.parse(ConfigPush);
    const values = atLeastOne(await readDotenv(flags.path, this.runtime), `There are none in ${flags.path}.`);
    return this.change(values, flags);
  }
}
