import { appFlags } from '../../lib/cli/app-command.js';
import { findApp } from '../../lib/cli/app-name.js';
import { countFlag } from '../../lib/cli/flags.js';
import { LogsCommand } from '../../lib/cli/logs-command.js';
import type { LogLine } from '../../lib/port/logs.js';

export default class AppsLogs extends LogsCommand {
  static override summary = 'Show the logs of an app, merged by time';
  static override flags = {
    ...appFlags,
    lines: countFlag({ char: 'n', summary: 'The same as --tail (Deis called it so).', exclusive: ['tail'] }),
    ...LogsCommand.flags,
  };
  static override examples = [
    '<%= config.bin %> apps logs -n 20',
    '<%= config.bin %> apps logs -a voting-app --follow --since 10m',
  ];

  async run(): Promise<AsyncIterable<LogLine>> {
    const { flags } = await this.parse(AppsLogs);
    const get = await this.verb('stacks', 'get');
    const app = await findApp(flags.app, get, this.runtime, this.call);
    return this.read({ stack: app.id }, { ...flags, tail: flags.lines ?? flags.tail });
  }
}
