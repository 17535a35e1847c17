import { retryFlags } from '../../lib/cli/action-flags.js';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import type { Action } from '../../lib/port/actions.js';
import { actionSummary } from '../../lib/ui/views/actions.js';

export default class ActionRetry extends BerthCommand<Action> {
  static override summary = 'Go on with an action that has ended, from its first step that is not done';
  static override description =
    'One that had succeeded is planned again, and so is one whose stack somebody else has changed since.';
  static override args = { action: textArg({ required: true, description: 'Id of the action, or its beginning.' }) };
  static override flags = retryFlags;
  static override examples = [
    '<%= config.bin %> action retry 4f2b8c1e',
    '<%= config.bin %> action retry 4f2b8c1e --timeout 5m --json',
  ];

  protected readonly view = actionSummary;

  async run(): Promise<Action> {
    const { args, flags } = await this.parse(ActionRetry);
    const options = mutationOptions({ ...flags, 'dry-run': false });
    const retry = await this.mutation('actions', 'retry', options);
    return retry({ action: args.action }, options, this.call);
  }
}
