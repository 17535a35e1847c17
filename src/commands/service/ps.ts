import { Flags } from '@oclif/core';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, listFlags, serviceStateFlag } from '../../lib/cli/flags.js';
import type { Service } from '../../lib/port/services.js';
import { serviceList } from '../../lib/ui/views/services.js';

export default class ServicePs extends BerthCommand<AsyncIterable<Service>> {
  static override summary = 'List services';
  static override aliases = ['service:ls'];
  static override flags = {
    stack: Flags.string({ summary: 'Only those of this stack (name or id).', helpValue: 'STACK' }),
    status: serviceStateFlag({ char: 's', summary: 'Only those in this state.' }),
    ...listFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> service ps --stack voting-app',
    "<%= config.bin %> service ps -s 'Partly running' -q",
  ];

  protected readonly view = serviceList;

  async run(): Promise<AsyncIterable<Service>> {
    const { flags } = await this.parse(ServicePs);
    const options = {
      ...(flags.stack !== undefined && { stack: flags.stack }),
      ...(flags.status !== undefined && { state: flags.status }),
    };
    const list = await this.verb('services', 'list', options);
    return list({}, options, this.call);
  }
}
