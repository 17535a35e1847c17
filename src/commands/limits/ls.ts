import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { backendFlags, listFlags } from '../../lib/cli/flags.js';
import type { ServiceLimits } from '../../lib/port/limits.js';
import { limitList } from '../../lib/ui/views/limits.js';

export default class LimitsLs extends AppCommand<readonly ServiceLimits[]> {
  static override summary = 'List the limits of an app by process type';
  static override flags = { ...appFlags, ...listFlags, ...backendFlags };
  static override examples = ['<%= config.bin %> limits ls', '<%= config.bin %> limits ls -a voting-app --format wide'];

  protected readonly view = limitList;

  async run(): Promise<readonly ServiceLimits[]> {
    const { flags } = await this.parse(LimitsLs);
    const app = await this.app(flags);
    const get = await this.verb('limits', 'get');
    return get({ stack: app.id }, {}, this.call);
  }
}
