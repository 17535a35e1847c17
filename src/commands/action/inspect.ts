import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, formatFlags } from '../../lib/cli/flags.js';
import type { ActionDetail } from '../../lib/port/actions.js';
import { actionDetail } from '../../lib/ui/views/actions.js';

export default class ActionInspect extends BerthCommand<ActionDetail> {
  static override summary = 'Show an action with its steps';
  static override args = {
    action: textArg({ required: true, description: 'Id of the action, or its beginning.' }),
  };
  static override flags = { ...formatFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> action inspect 4f2b8c1e',
    '<%= config.bin %> action inspect 4f2b8c1e --json',
  ];

  protected readonly view = actionDetail;

  async run(): Promise<ActionDetail> {
    const { args } = await this.parse(ActionInspect);
    const get = await this.verb('actions', 'get');
    return get({ action: args.action }, {}, this.call);
  }
}
