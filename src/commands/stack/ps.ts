import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, listFlags } from '../../lib/cli/flags.js';
import type { Container } from '../../lib/port/containers.js';
import { containerList } from '../../lib/ui/views/containers.js';

export default class StackPs extends BerthCommand<AsyncIterable<Container>> {
  static override summary = 'List the containers of a stack';
  static override args = { stack: textArg({ required: true, description: 'Name or id of the stack.' }) };
  static override flags = {
    all: Flags.boolean({ char: 'a', summary: 'Also those that have ended and were replaced.' }),
    ...listFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> stack ps voting-app',
    '<%= config.bin %> stack ps voting-app --all --columns name,status,node',
  ];

  protected readonly view = containerList;

  async run(): Promise<AsyncIterable<Container>> {
    const { args, flags } = await this.parse(StackPs);
    const options = { stack: args.stack, ...(flags.all && { all: true }) };
    const list = await this.verb('containers', 'list', options);
    return list({}, options, this.call);
  }
}
