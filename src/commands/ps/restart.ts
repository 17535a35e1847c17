import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { textArg } from '../../lib/cli/args.js';
import { collect } from '../../lib/cli/collect.js';
import { backendFlags, mutationFlags } from '../../lib/cli/flags.js';
import { inOrder } from '../../lib/cli/in-order.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import { processesNamed } from '../../lib/cli/process-names.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Container } from '../../lib/port/containers.js';
import { containerMutations } from '../../lib/ui/views/containers.js';

export default class PsRestart extends AppCommand<readonly Mutation<Container>[]> {
  static override summary = 'Restart processes of an app, one after the other';
  static override args = {
    process: textArg({ description: 'A type (web) or one process of it (web.1); all of the app by default.' }),
  };
  static override flags = { ...appFlags, ...mutationFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> ps restart web',
    '<%= config.bin %> ps restart -a voting-app vote.2 --no-wait',
  ];

  protected readonly view = containerMutations;

  async run(): Promise<readonly Mutation<Container>[]> {
    const { args, flags } = await this.parse(PsRestart);
    const options = mutationOptions(flags);
    const app = await this.app(flags);
    const list = await this.verb('containers', 'list', { stack: app.id });
    const processes = processesNamed(await collect(list({}, { stack: app.id }, this.call)), args.process);
    const restart = await this.mutation('containers', 'restart', options);
    return inOrder(
      processes.map((thing) => ({ word: thing.name, thing })),
      ({ id }) => restart({ container: id }, options, this.call),
      (text) => this.warning(text),
    );
  }
}
