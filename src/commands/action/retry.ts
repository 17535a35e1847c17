import { retryFlags } from '../../lib/cli/action-flags.js';
import { textArg } from '../../lib/cli/args.js';
import { argumentWords } from '../../lib/cli/argument-words.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { findAll, inOrder } from '../../lib/cli/in-order.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import type { Action } from '../../lib/port/actions.js';
import { actionsChanged } from '../../lib/ui/views/actions.js';

export default class ActionRetry extends BerthCommand<readonly Action[]> {
  static override summary = 'Go on with actions that have ended, from their first step that is not done';
  static override description =
    'One that had succeeded is planned again, and so is one whose stack somebody else has changed since. Of several, each ' +
    'begins when the one before it has succeeded.';
  static override strict = false;
  static override args = { action: textArg({ required: true, description: 'Id of the action, or its beginning.' }) };
  static override flags = retryFlags;
  static override examples = [
    '<%= config.bin %> action retry 4f2b8c1e',
    '<%= config.bin %> action retry 4f2b8c1e 90ab12cd --timeout 5m --json',
  ];

  protected readonly view = actionsChanged;

  async run(): Promise<readonly Action[]> {
    const { raw, flags } = await this.parse(ActionRetry);
    const options = mutationOptions({ ...flags, 'dry-run': false });
    const get = await this.verb('actions', 'get');
    const found = await findAll('action', argumentWords(raw), (action) => get({ action }, {}, this.call));
    const retry = await this.mutation('actions', 'retry', options);
    return inOrder(
      found,
      ({ id }) => retry({ action: id }, options, this.call),
      (text) => this.warning(text),
    );
  }
}
