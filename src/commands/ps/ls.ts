import { Flags } from '@oclif/core';
import { AppCommand, appFlags } from '../../lib/cli/app-command.js';
import { backendFlags, listFlags } from '../../lib/cli/flags.js';
import { firstOf, limitFlags } from '../../lib/cli/first-of.js';
import type { Container } from '../../lib/port/containers.js';
import { processList } from '../../lib/ui/views/apps.js';

export default class PsLs extends AppCommand<AsyncIterable<Container>> {
  static override summary = 'List the processes of an app by their type';
  static override flags = {
    ...appFlags,
    all: Flags.boolean({ summary: 'Also those that have ended and were replaced.' }),
    ...limitFlags,
    ...listFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> ps ls',
    '<%= config.bin %> ps ls -a voting-app --columns type,name,status',
  ];

  protected readonly view = processList;

  async run(): Promise<AsyncIterable<Container>> {
    const { flags } = await this.parse(PsLs);
    const app = await this.app(flags);
    const options = { stack: app.id, ...(flags.all && { all: true }) };
    const list = await this.verb('containers', 'list', options);
    return firstOf(list({}, options, this.call), flags.limit);
  }
}
