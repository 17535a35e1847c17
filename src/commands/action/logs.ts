import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, countFlag, streamFlags } from '../../lib/cli/flags.js';
import type { ActionLogLine } from '../../lib/port/actions.js';
import { actionLogLines } from '../../lib/ui/views/actions.js';

export default class ActionLogs extends BerthCommand<AsyncIterable<ActionLogLine>> {
  static override summary = 'Show the log of an action';
  static override args = {
    action: textArg({ required: true, description: 'Id of the action, or its beginning.' }),
  };
  static override flags = {
    follow: Flags.boolean({ char: 'f', summary: 'Go on until the action has ended.' }),
    tail: countFlag({ char: 't', summary: 'Only the last N lines.' }),
    timestamps: Flags.boolean({ summary: 'Begin each line with its time.' }),
    ...streamFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> action logs 4f2b8c1e',
    '<%= config.bin %> action logs 4f2b8c1e --follow --timestamps',
  ];

  protected readonly view = actionLogLines;

  async run(): Promise<AsyncIterable<ActionLogLine>> {
    const { args, flags } = await this.parse(ActionLogs);
    const options = { ...(flags.follow && { follow: true }), ...(flags.tail !== undefined && { tail: flags.tail }) };
    const logs = await this.verb('actions', 'logs', options);
    return logs({ action: args.action }, options, this.call);
  }
}
