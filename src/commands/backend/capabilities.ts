import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, listFlags } from '../../lib/cli/flags.js';
import { capabilitiesOf, type Capability } from '../../lib/port/capabilities.js';
import { capabilityList } from '../../lib/ui/views/backends.js';

export default class BackendCapabilities extends BerthCommand<readonly Capability[]> {
  static override summary = 'List the verbs of the backend with the options each takes';
  static override flags = { ...listFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> backend capabilities',
    '<%= config.bin %> backend capabilities --backend engine --format csv',
  ];

  protected readonly view = capabilityList;

  async run(): Promise<readonly Capability[]> {
    await this.parse(BackendCapabilities);
    return capabilitiesOf(await this.backend());
  }
}
