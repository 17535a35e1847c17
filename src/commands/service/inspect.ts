import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, formatFlags } from '../../lib/cli/flags.js';
import type { ServiceDetail } from '../../lib/port/services.js';
import { serviceDetail } from '../../lib/ui/views/services.js';

export default class ServiceInspect extends BerthCommand<ServiceDetail> {
  static override summary = 'Show a service with its definition';
  static override args = { service: textArg({ required: true, description: 'name, name.stack or id.' }) };
  static override flags = { ...formatFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> service inspect vote',
    '<%= config.bin %> service inspect vote.voting-app --json',
  ];

  protected readonly view = serviceDetail;

  async run(): Promise<ServiceDetail> {
    const { args } = await this.parse(ServiceInspect);
    const get = await this.verb('services', 'get');
    return get({ service: args.service }, {}, this.call);
  }
}
