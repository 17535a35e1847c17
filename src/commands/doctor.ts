import { BerthCommand } from '../lib/cli/base-command.js';
import { backendFlags, listFlags } from '../lib/cli/flags.js';
import { type Check, checkList } from '../lib/ui/views/doctor.js';

export default class DoctorCommand extends BerthCommand<readonly Check[]> {
  static override summary = 'Check what berth depends on, and say how to mend it';
  static override description =
    "Node.js, the build, berth's folder, settings and store, the backend and its credentials, the engine, what is being " +
    'changed and what was left half done, the code cache, the terminal, completion, the clock. It makes no store where ' +
    'there is none.\n\nExit status 1 when a check failed; warnings do not count.';
  static override flags = { ...listFlags, ...backendFlags };
  static override examples = ['<%= config.bin %> doctor', "<%= config.bin %> doctor --format '{{.name}} {{.status}}'"];

  protected readonly view = checkList;

  async run(): Promise<readonly Check[]> {
    const { flags } = await this.parse(DoctorCommand);
    const { examine } = await import('../lib/cli/doctor/doctor.js');
    return examine(flags.backend, this.config, this.runtime);
  }

  protected override exitStatus(checks: readonly Check[]): number {
    return checks.some(({ status }) => status === 'failed') ? 1 : 0;
  }
}
