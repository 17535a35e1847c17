import { BerthCommand } from '../../lib/cli/base-command.js';
import { listBackends } from '../../lib/cli/backends.js';
import { listFlags } from '../../lib/cli/flags.js';
import { type BackendEntry, backendList } from '../../lib/ui/views/backends.js';

export default class BackendLs extends BerthCommand<readonly BackendEntry[]> {
  static override summary = 'List the backends this version can talk to';
  static override flags = { ...listFlags };
  static override examples = ['<%= config.bin %> backend ls', '<%= config.bin %> backend ls --format name'];

  protected readonly view = backendList;

  async run(): Promise<readonly BackendEntry[]> {
    await this.parse(BackendLs);
    return listBackends(this.runtime);
  }
}
