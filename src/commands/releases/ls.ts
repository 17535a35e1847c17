import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { backendFlags, countFlag, listFlags } from '../../lib/cli/flags.js';
import { atLeast } from '../../lib/cli/whole-numbers.js';
import type { Release } from '../../lib/port/releases.js';
import { releaseList } from '../../lib/ui/views/releases.js';

export default class ReleasesLs extends AppCommand<AsyncIterable<Release>> {
  static override summary = 'List the releases of an app, the newest first';
  static override flags = {
    ...appFlags,
    limit: countFlag({ char: 'l', summary: 'Only the last N.' }),
    ...listFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> releases ls',
    '<%= config.bin %> releases ls -a voting-app -l 5 --json',
  ];

  protected readonly view = releaseList;

  async run(): Promise<AsyncIterable<Release>> {
    const { flags } = await this.parse(ReleasesLs);
    const options = { ...(flags.limit !== undefined && { limit: atLeast(1, flags.limit, '--limit') }) };
    const stack = await this.history(flags);
    const list = await this.verb('releases', 'list', options);
    return list({ stack }, options, this.call);
  }
}
