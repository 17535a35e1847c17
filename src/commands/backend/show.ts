import { BerthCommand } from '../../lib/cli/base-command.js';
import { explainBackend } from '../../lib/cli/backends.js';
import { backendFlags, formatFlags } from '../../lib/cli/flags.js';
import { type BackendExplanation, backendExplanation } from '../../lib/ui/views/backends.js';

export default class BackendShow extends BerthCommand<BackendExplanation> {
  static override summary = 'Show which backend verbs talk to, and why';
  static override flags = { ...formatFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> backend show',
    "<%= config.bin %> backend show --format '{{.backend}}'",
  ];

  protected readonly view = backendExplanation;

  async run(): Promise<BackendExplanation> {
    const { flags } = await this.parse(BackendShow);
    return explainBackend(flags.backend, this.runtime);
  }
}
