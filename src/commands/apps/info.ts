import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { appInfoOf } from '../../lib/cli/app-info.js';
import { backendFlags, formatFlags } from '../../lib/cli/flags.js';
import { type AppInfo, appInfo } from '../../lib/ui/views/apps.js';

export default class AppsInfo extends AppCommand<AppInfo> {
  static override summary = 'Show an app with its process types and release';
  static override flags = { ...appFlags, ...formatFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> apps info',
    "<%= config.bin %> apps info -a voting-app --format '{{.release.version}}'",
  ];

  protected readonly view = appInfo;

  async run(): Promise<AppInfo> {
    const { flags } = await this.parse(AppsInfo);
    const app = await this.app(flags);
    return appInfoOf(await this.backend(), app, this.call);
  }
}
