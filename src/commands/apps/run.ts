import { appFlags } from '../../lib/cli/app-command.js';
import { findApp } from '../../lib/cli/app-name.js';
import { textArg } from '../../lib/cli/args.js';
import { argumentWords } from '../../lib/cli/argument-words.js';
import { AttachedCommand, execFlags } from '../../lib/cli/exec-command.js';
import { backendFlags } from '../../lib/cli/flags.js';
import type { Executed } from '../../lib/ui/views/containers.js';

export default class AppsRun extends AttachedCommand {
  static override summary = 'Run a command in a new container of an app';
  static override description =
    'Exits with what the command exits with; the container is removed after it. The first word that is no flag begins ' +
    'the command, which takes all that follows.';
  static override strict = false;
  static override usage = ['apps run [FLAGS] [--] COMMAND...'];
  static override args = { command: textArg({ required: true, description: 'The command with its arguments.' }) };
  static override flags = { ...appFlags, ...execFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> apps run -a voting-app ls -l',
    "<%= config.bin %> apps run -- sh -c 'echo $HOME'",
  ];

  async run(): Promise<Executed> {
    const { flags, raw } = await this.parse(AppsRun);
    const command = argumentWords(raw);
    return this.attached('run', flags, async (run, options) => {
      const get = await this.verb('stacks', 'get');
      const app = await findApp(flags.app, get, this.runtime, this.call);
      return run({ target: { stack: app.id }, command }, options, this.call);
    });
  }
}
