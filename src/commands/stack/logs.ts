import { textArg } from '../../lib/cli/args.js';
import { LogsCommand } from '../../lib/cli/logs-command.js';
import type { LogLine } from '../../lib/port/logs.js';

export default class StackLogs extends LogsCommand {
  static override summary = 'Show the logs of a stack, merged by time';
  static override strict = false;
  static override args = {
    stack: textArg({ required: true, description: 'Name or id of the stack.' }),
    service: textArg({ description: 'Only these services.' }),
  };
  static override examples = [
    '<%= config.bin %> stack logs voting-app --tail 20',
    '<%= config.bin %> stack logs voting-app vote worker --follow --timestamps',
  ];

  async run(): Promise<AsyncIterable<LogLine>> {
    const { args, argv, flags } = await this.parse(StackLogs);
    const services = argv.slice(1).map(String);
    return this.read({ stack: args.stack, ...(services.length > 0 && { services }) }, flags);
  }
}
