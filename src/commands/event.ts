import { Flags } from '@oclif/core';
import { BerthCommand } from '../lib/cli/base-command.js';
import { backendFlags, countFlag, streamFlags, timeFlag, timeForms } from '../lib/cli/flags.js';
import type { Event } from '../lib/port/events.js';
import { eventLines } from '../lib/ui/views/events.js';

/** How many are told where nobody says which. */
const recent = 50;

export default class EventCommand extends BerthCommand<AsyncIterable<Event>> {
  static override summary = 'Show what happened lately, and with --follow what happens';
  static override description =
    `The last ${recent} events, oldest first; --since tells all from then on. docker-cloud went on for ever: here that is ` +
    '--follow.';
  static override aliases = ['event:ls'];
  static override flags = {
    follow: Flags.boolean({ char: 'f', summary: 'Go on as things happen.' }),
    tail: countFlag({ char: 't', summary: `Only the last N; ${recent} where --since is not given.` }),
    since: timeFlag({ summary: `Only what happened from this time on: ${timeForms}.` }),
    until: timeFlag({ summary: 'Only what happened before this time, written alike.' }),
    kind: Flags.option({
      options: ['stack', 'service', 'container', 'node', 'node cluster', 'image', 'app', 'action', 'other'] as const,
      summary:
        'Only those of this kind of object: stack, service, container, node, node cluster, image, app, action or other.',
      helpValue: 'KIND',
    })(),
    severity: Flags.option({
      options: ['cleared', 'debug', 'info', 'warning', 'error', 'critical'] as const,
      summary:
        'Only those at least this bad: cleared (an earlier error is over), debug, info, warning, error or critical.',
      helpValue: 'SEVERITY',
    })(),
    ...streamFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> event --since 10m --severity warning',
    '<%= config.bin %> event --follow --kind container --json',
  ];

  protected readonly view = eventLines;

  async run(): Promise<AsyncIterable<Event>> {
    const { flags } = await this.parse(EventCommand);
    const tail = flags.tail ?? (flags.since === undefined ? recent : undefined);
    const options = {
      ...(flags.follow && { follow: true }),
      ...(tail !== undefined && { tail }),
      ...(flags.since !== undefined && { since: flags.since }),
      ...(flags.until !== undefined && { until: flags.until }),
      ...(flags.kind !== undefined && { kind: flags.kind }),
      ...(flags.severity !== undefined && { severity: flags.severity }),
    };
    const list = await this.verb('events', 'list', options);
    return list({}, options, this.call);
  }
}
