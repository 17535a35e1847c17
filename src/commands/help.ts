import { textArg } from '../lib/cli/args.js';
import { BerthCommand } from '../lib/cli/base-command.js';
import { helpText } from '../lib/cli/help.js';
import { text } from '../lib/ui/result.js';

export default class HelpCommand extends BerthCommand<string> {
  static override summary = 'Show help on a noun, a verb or a topic';
  static override strict = false;
  static override args = { subject: textArg({ description: 'A noun, a noun and a verb, or a topic.' }) };
  static override examples = ['<%= config.bin %> help stack up', '<%= config.bin %> help exit-codes'];

  protected readonly view = text;

  async run(): Promise<string> {
    const { argv } = await this.parse(HelpCommand);
    return helpText(this.config, argv.map(String), this.runtime.outputTerminal());
  }
}
