import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, listFlags } from '../../lib/cli/flags.js';
import type { Registry } from '../../lib/port/registries.js';
import { registryList } from '../../lib/ui/views/registries.js';

export default class RegistryLs extends BerthCommand<AsyncIterable<Registry>> {
  static override summary = 'List registries that there are credentials for';
  static override flags = { ...listFlags, ...backendFlags };
  static override examples = ['<%= config.bin %> registry ls', '<%= config.bin %> registry ls --format json'];

  protected readonly view = registryList;

  async run(): Promise<AsyncIterable<Registry>> {
    await this.parse(RegistryLs);
    const list = await this.verb('registries', 'list');
    return list({}, {}, this.call);
  }
}
