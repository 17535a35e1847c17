import { textArg } from '../../lib/cli/args.js';
import { LogsCommand } from '../../lib/cli/logs-command.js';
import type { LogLine } from '../../lib/port/logs.js';

export default class ContainerLogs extends LogsCommand {
  static override summary = 'Show the log of a container';
  static override args = { container: textArg({ required: true, description: 'name, name.stack or id.' }) };
  static override examples = [
    '<%= config.bin %> container logs vote-1 --tail 20',
    '<%= config.bin %> container logs vote-1.voting-app --follow',
  ];

  async run(): Promise<AsyncIterable<LogLine>> {
    const { args, flags } = await this.parse(ContainerLogs);
    return this.read({ container: args.container }, flags);
  }
}
