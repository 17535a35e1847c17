import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, formatFlags } from '../../lib/cli/flags.js';
import type { Action } from '../../lib/port/actions.js';
import { actionSummary } from '../../lib/ui/views/actions.js';

export default class ActionRun extends BerthCommand<Action> {
  static override summary = 'Run an action that --no-wait left pending';
  static override description = 'What --no-wait starts in the background. Ends with what the action ends with.';
  static override hidden = true;
  static override args = { action: textArg({ required: true, description: 'Id of the action, or its beginning.' }) };
  static override flags = { ...formatFlags, ...backendFlags };
  static override examples = ['<%= config.bin %> action run 4f2b8c1e', '<%= config.bin %> action run 4f2b8c1e --json'];

  protected readonly view = actionSummary;

  async run(): Promise<Action> {
    const { args } = await this.parse(ActionRun);
    const run = await this.verb('actions', 'run');
    return run({ action: args.action }, {}, this.call);
  }
}
