import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, listFlags } from '../../lib/cli/flags.js';
import { firstOf, limitFlags } from '../../lib/cli/first-of.js';
import type { Stack } from '../../lib/port/stacks.js';
import { appList } from '../../lib/ui/views/apps.js';

export default class AppsLs extends BerthCommand<AsyncIterable<Stack>> {
  static override summary = 'List apps';
  static override description = 'On every backend but Deis a stack is one app.';
  static override flags = { ...limitFlags, ...listFlags, ...backendFlags };
  static override examples = ['<%= config.bin %> apps ls', "<%= config.bin %> apps ls --format '{{.name}} {{.state}}'"];

  protected readonly view = appList;

  async run(): Promise<AsyncIterable<Stack>> {
    const { flags } = await this.parse(AppsLs);
    const options = { apps: true };
    const list = await this.verb('stacks', 'list', options);
    return firstOf(list({}, options, this.call), flags.limit);
  }
}
