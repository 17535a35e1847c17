import type { LogLine, LogSource } from '../port/logs.js';
import { logLines } from '../ui/views/logs.js';
import { BerthCommand } from './base-command.js';
import { backendFlags, logFlags, streamFlags } from './flags.js';

interface LogFlags {
  readonly follow: boolean;
  readonly tail?: number | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** `logs` of a stack, a service and a container. */
export abstract class LogsCommand extends BerthCommand<AsyncIterable<LogLine>> {
  static override flags = { ...logFlags, ...streamFlags, ...backendFlags };

  protected readonly view = logLines;

  protected async read(source: LogSource, flags: LogFlags): Promise<AsyncIterable<LogLine>> {
    const options = {
      ...(flags.follow && { follow: true }),
      ...(flags.tail !== undefined && { tail: flags.tail }),
      ...(flags.since !== undefined && { since: flags.since }),
      ...(flags.until !== undefined && { until: flags.until }),
    };
    const read = await this.verb('logs', 'read', options);
    return read(source, options, this.call);
  }
}
