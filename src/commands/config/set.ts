import { textArg } from '../../lib/cli/args.js';
import { argumentWords } from '../../lib/cli/argument-words.js';
import { configChangeFlags, ConfigChangeCommand } from '../../lib/cli/config-command.js';
import { variableFlags } from '../../lib/cli/service-flags.js';
import { atLeastOne, readVariables } from '../../lib/cli/variables-input.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Config } from '../../lib/port/config.js';

export default class ConfigSet extends ConfigChangeCommand {
  static override summary = 'Set variables of an app, as one release';
  static override description =
    'All or nothing. They are laid over the file and kept until `config unset`. Words of a command line can be read in ' +
    'the list of processes: --env-file and standard input (-) keep values out of it. Of a name given several times, ' +
    'words win over standard input, and that over files.';
  static override strict = false;
  static override args = { variable: textArg({ description: 'KEY=VALUE, or - for .env text on standard input.' }) };
  static override flags = { 'env-file': variableFlags['env-file'], ...configChangeFlags };
  static override examples = [
    '<%= config.bin %> config set DEBUG=1 MODE=test',
    '<%= config.bin %> config set -a voting-app --env-file secrets.env --no-redeploy',
  ];

  async run(): Promise<Mutation<Config>> {
    const { raw, flags } = await this.parse(ConfigSet);
    const sources = { words: argumentWords(raw), files: flags['env-file'] ?? [], stdin: true };
    const values = await readVariables(sources, this.runtime);
    return this.change(atLeastOne(values, 'Name them as KEY=VALUE, or a file with --env-file.'), flags);
  }
}
