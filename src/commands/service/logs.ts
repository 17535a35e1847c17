import { textArg } from '../../lib/cli/args.js';
import { LogsCommand } from '../../lib/cli/logs-command.js';
import type { LogLine } from '../../lib/port/logs.js';

export default class ServiceLogs extends LogsCommand {
  static override summary = 'Show the logs of a service, all replicas merged by time';
  static override args = { service: textArg({ required: true, description: 'name, name.stack or id.' }) };
  static override examples = [
    '<%= config.bin %> service logs vote --tail 20',
    '<%= config.bin %> service logs vote.voting-app --follow --since 10m',
  ];

  async run(): Promise<AsyncIterable<LogLine>> {
    const { args, flags } = await this.parse(ServiceLogs);
    return this.read({ service: args.service }, flags);
  }
}
