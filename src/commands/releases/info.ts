import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { textArg } from '../../lib/cli/args.js';
import { backendFlags, formatFlags } from '../../lib/cli/flags.js';
import { parseVersion } from '../../lib/cli/release-version.js';
import type { ReleaseDetail } from '../../lib/port/releases.js';
import { releaseDetail } from '../../lib/ui/views/releases.js';

export default class ReleasesInfo extends AppCommand<ReleaseDetail> {
  static override summary = 'Show a release with what it runs';
  static override args = { version: textArg({ required: true, description: 'v2 or 2.' }) };
  static override flags = { ...appFlags, ...formatFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> releases info v2',
    '<%= config.bin %> releases info -a voting-app 2 --json',
  ];

  protected readonly view = releaseDetail;

  async run(): Promise<ReleaseDetail> {
    const { args, flags } = await this.parse(ReleasesInfo);
    const version = parseVersion(args.version);
    const stack = await this.history(flags);
    const get = await this.verb('releases', 'get');
    return get({ stack, version }, {}, this.call);
  }
}
