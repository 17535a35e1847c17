import { Flags } from '@oclif/core';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, containerStateFlag, listFlags } from '../../lib/cli/flags.js';
import type { Container } from '../../lib/port/containers.js';
import { containerList } from '../../lib/ui/views/containers.js';

export default class ContainerPs extends BerthCommand<AsyncIterable<Container>> {
  static override summary = 'List containers';
  static override aliases = ['container:ls'];
  static override flags = {
    service: Flags.string({ summary: 'Only those of this service (name, name.stack or id).', helpValue: 'SERVICE' }),
    stack: Flags.string({ summary: 'Only those of this stack (name or id).', helpValue: 'STACK' }),
    status: containerStateFlag({ char: 's', summary: 'Only those in this state.' }),
    all: Flags.boolean({ char: 'a', summary: 'Also those that have ended and were replaced.' }),
    ...listFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> container ps --service vote',
    '<%= config.bin %> container ps -s Running --format json',
  ];

  protected readonly view = containerList;

  async run(): Promise<AsyncIterable<Container>> {
    const { flags } = await this.parse(ContainerPs);
    const options = {
      ...(flags.service !== undefined && { service: flags.service }),
      ...(flags.stack !== undefined && { stack: flags.stack }),
      ...(flags.status !== undefined && { state: flags.status }),
      ...(flags.all && { all: true }),
    };
    const list = await this.verb('containers', 'list', options);
    return list({}, options, this.call);
  }
}
