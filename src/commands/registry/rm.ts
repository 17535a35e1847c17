import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, formatFlags } from '../../lib/cli/flags.js';
import type { Registry } from '../../lib/port/registries.js';
import { registryDetail } from '../../lib/ui/views/registries.js';

export default class RegistryRm extends BerthCommand<Registry> {
  static override summary = 'Forget the credentials for a registry';
  static override description = 'Images stay where they are. `docker logout` does the same.';
  static override args = {
    registry: textArg({ required: true, description: 'Its host, as registry.example.com:5000.' }),
  };
  static override flags = { ...formatFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> registry rm registry.example.com',
    '<%= config.bin %> registry rm localhost:5000 --json',
  ];

  protected readonly view = registryDetail;

  async run(): Promise<Registry> {
    const { args } = await this.parse(RegistryRm);
    const remove = await this.verb('registries', 'remove');
    const get = await this.verb('registries', 'get');
    const registry = await get({ registry: args.registry }, {}, this.call);
    await remove({ registry: registry.id }, {}, this.call);
    return registry;
  }
}
