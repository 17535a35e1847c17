import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { useBackend } from '../../lib/cli/backends.js';
import { formatFlags } from '../../lib/cli/flags.js';
import { type BackendExplanation, backendExplanation } from '../../lib/ui/views/backends.js';

export default class BackendUse extends BerthCommand<BackendExplanation> {
  static override summary = 'Keep a backend as the one to talk to where the environment does not say';
  static override args = { name: textArg({ required: true, description: 'Name of the backend.' }) };
  static override flags = { ...formatFlags };
  static override examples = ['<%= config.bin %> backend use engine', '<%= config.bin %> backend use engine --json'];

  protected readonly view = backendExplanation;

  async run(): Promise<BackendExplanation> {
    const { args } = await this.parse(BackendUse);
    return useBackend(args.name, this.runtime);
  }
}
