import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags } from '../../lib/cli/flags.js';
import { checkTarget, exportDefinition } from '../../lib/cli/stack-export.js';
import { type StackExport as Exported, stackExport } from '../../lib/ui/views/stacks.js';

export default class StackExport extends BerthCommand<Exported> {
  static override summary = 'Print the definition of a stack, with what verbs laid over it';
  static override args = { stack: textArg({ required: true, description: 'Name or id of the stack.' }) };
  static override flags = {
    file: Flags.string({ char: 'f', summary: 'Write it to this file; - is standard output.', helpValue: 'FILE' }),
    force: Flags.boolean({ summary: 'Replace a file that is there.' }),
    live: Flags.boolean({ summary: 'As its containers say it, also of a project that another tool has deployed.' }),
    format: Flags.option({
      options: ['yaml', 'json'] as const,
      summary: 'How it is written; yaml by default.',
      exclusive: ['json'],
    })(),
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> stack export voting-app',
    '<%= config.bin %> stack export voting-app -f compose.yaml --force',
    '<%= config.bin %> stack export shop --live',
  ];

  protected readonly view = stackExport;

  async run(): Promise<Exported> {
    const { args, flags } = await this.parse(StackExport);
    checkTarget(flags, this.runtime);
    const options = { ...(flags.live && { live: true }) };
    const definition = await this.verb('stacks', 'export', options);
    const project = await definition({ stack: args.stack }, options, this.call);
    return exportDefinition(project, flags, this.runtime);
  }
}
