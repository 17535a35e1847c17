import { Flags } from '@oclif/core';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { actionStateFlag, backendFlags, countFlag, listFlags } from '../../lib/cli/flags.js';
import type { Action } from '../../lib/port/actions.js';
import { actionList } from '../../lib/ui/views/actions.js';

export default class ActionLs extends BerthCommand<AsyncIterable<Action>> {
  static override summary = 'List actions, the newest first';
  static override flags = {
    last: countFlag({ char: 'l', summary: 'Only the last N.', default: 25 }),
    stack: Flags.string({ summary: 'Only those on this stack (name or id).', helpValue: 'STACK' }),
    status: actionStateFlag({ char: 's', summary: 'Only those in this state.' }),
    ...listFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> action ls --stack voting-app',
    '<%= config.bin %> action ls -l 5 -s Failed --json',
  ];

  protected readonly view = actionList;

  async run(): Promise<AsyncIterable<Action>> {
    const { flags } = await this.parse(ActionLs);
    const options = {
      limit: flags.last,
      ...(flags.stack !== undefined && { stack: flags.stack }),
      ...(flags.status !== undefined && { state: flags.status }),
    };
    const list = await this.verb('actions', 'list', options);
    return list({}, options, this.call);
  }
}
