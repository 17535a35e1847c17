import { Flags } from '@oclif/core';
import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { textArg } from '../../lib/cli/args.js';
import { backendFlags } from '../../lib/cli/flags.js';
import { parseVersion } from '../../lib/cli/release-version.js';
import type { ReleaseChange } from '../../lib/port/releases.js';
import { releaseChanges } from '../../lib/ui/views/releases.js';

export default class ReleasesDiff extends AppCommand<readonly ReleaseChange[]> {
  static override summary = 'Show the fields in which two releases differ';
  static override args = {
    from: textArg({ required: true, description: 'v1 or 1.' }),
    to: textArg({ required: true, description: 'v2 or 2.' }),
  };
  static override flags = {
    ...appFlags,
    reveal: Flags.boolean({ summary: 'Show the values that may be secret too.' }),
    'exit-code': Flags.boolean({ summary: 'Exit with 1 when there is a difference.' }),
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> releases diff v1 v2',
    '<%= config.bin %> releases diff -a voting-app 1 2 --reveal --exit-code',
  ];

  protected readonly view = releaseChanges;
  #tell = false;

  protected override exitStatus(changes: readonly ReleaseChange[]): number {
    return this.#tell && changes.length > 0 ? 1 : 0;
  }

  async run(): Promise<readonly ReleaseChange[]> {
    const { args, flags } = await this.parse(ReleasesDiff);
    this.#tell = flags['exit-code'];
    const [from, to] = [parseVersion(args.from), parseVersion(args.to)];
    const options = { ...(flags.reveal && { reveal: true }) };
    const stack = await this.history(flags);
    const diff = await this.verb('releases', 'diff', options);
    return diff({ stack, from, to }, options, this.call);
  }
}
