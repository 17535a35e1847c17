import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, formatFlags } from '../../lib/cli/flags.js';
import type { StackDetail } from '../../lib/port/stacks.js';
import { stackDetail } from '../../lib/ui/views/stacks.js';

export default class StackInspect extends BerthCommand<StackDetail> {
  static override summary = 'Show a stack with its definition';
  static override args = { stack: textArg({ required: true, description: 'Name or id of the stack.' }) };
  static override flags = { ...formatFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> stack inspect voting-app',
    '<%= config.bin %> stack inspect voting-app --json',
  ];

  protected readonly view = stackDetail;

  async run(): Promise<StackDetail> {
    const { args } = await this.parse(StackInspect);
    const get = await this.verb('stacks', 'get');
    return get({ stack: args.stack }, {}, this.call);
  }
}
