import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, formatFlags } from '../../lib/cli/flags.js';
import type { Container } from '../../lib/port/containers.js';
import { containerDetail } from '../../lib/ui/views/containers.js';

export default class ContainerInspect extends BerthCommand<Container> {
  static override summary = 'Show a container';
  static override args = { container: textArg({ required: true, description: 'name, name.stack or id.' }) };
  static override flags = { ...formatFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> container inspect vote-1',
    "<%= config.bin %> container inspect vote-1.voting-app --format '{{.node}}'",
  ];

  protected readonly view = containerDetail;

  async run(): Promise<Container> {
    const { args } = await this.parse(ContainerInspect);
    const get = await this.verb('containers', 'get');
    return get({ container: args.container }, {}, this.call);
  }
}
