import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { textArg } from '../../lib/cli/args.js';
import { backendFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import { parseVersion } from '../../lib/cli/release-version.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Release } from '../../lib/port/releases.js';
import { releaseMutation } from '../../lib/ui/views/releases.js';

export default class ReleasesRollback extends AppCommand<Mutation<Release>> {
  static override summary = 'Run an earlier release again, as a new one';
  static override description = 'Numbers of replicas that `scale` set stay.';
  static override args = {
    version: textArg({ description: 'v2 or 2; by default the last that was deployed before what runs.' }),
  };
  static override flags = { ...appFlags, ...mutationFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> releases rollback',
    '<%= config.bin %> releases rollback -a voting-app v2 --timeout 5m',
  ];

  protected readonly view = releaseMutation;

  async run(): Promise<Mutation<Release>> {
    const { args, flags } = await this.parse(ReleasesRollback);
    const version = args.version === undefined ? undefined : parseVersion(args.version);
    const options = mutationOptions(flags);
    const app = await this.app(flags);
    const rollback = await this.mutation('releases', 'rollback', options);
    return rollback({ stack: app.id, ...(version !== undefined && { version }) }, options, this.call);
  }
}
