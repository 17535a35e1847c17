import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, listFlags } from '../../lib/cli/flags.js';
import type { Stack } from '../../lib/port/stacks.js';
import { stackList } from '../../lib/ui/views/stacks.js';

export default class StackLs extends BerthCommand<AsyncIterable<Stack>> {
  static override summary = 'List stacks';
  static override flags = { ...listFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> stack ls',
    "<%= config.bin %> stack ls --format '{{.name}} {{.state}}'",
  ];

  protected readonly view = stackList;

  async run(): Promise<AsyncIterable<Stack>> {
    await this.parse(StackLs);
    const list = await this.verb('stacks', 'list');
    return list({}, {}, this.call);
  }
}
