import { actionRowFlags } from '../../lib/cli/action-flags.js';
import { textArg } from '../../lib/cli/args.js';
import { argumentWords } from '../../lib/cli/argument-words.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags } from '../../lib/cli/flags.js';
import { findAll, inOrder } from '../../lib/cli/in-order.js';
import type { Action } from '../../lib/port/actions.js';
import { actionsChanged } from '../../lib/ui/views/actions.js';

export default class ActionCancel extends BerthCommand<readonly Action[]> {
  static override summary = 'Stop actions that are pending or in progress';
  static override description = 'What they did so far stays. One that does not end at once is shown as Canceling.';
  static override strict = false;
  static override args = { action: textArg({ required: true, description: 'Id of the action, or its beginning.' }) };
  static override flags = { ...actionRowFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> action cancel 4f2b8c1e',
    '<%= config.bin %> action cancel 4f2b8c1e 90ab12cd --json',
  ];

  protected readonly view = actionsChanged;

  async run(): Promise<readonly Action[]> {
    const { raw } = await this.parse(ActionCancel);
    const get = await this.verb('actions', 'get');
    const found = await findAll('action', argumentWords(raw), (action) => get({ action }, {}, this.call));
    const cancel = await this.mutation('actions', 'cancel');
    return inOrder(
      found,
      ({ id }) => cancel({ action: id }, {}, this.call),
      (text) => this.warning(text),
    );
  }
}
