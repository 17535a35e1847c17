import { Flags } from '@oclif/core';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { choiceArg } from '../../lib/cli/completion/choice-arg.js';
import { nameKinds } from '../../lib/cli/completion/name-kinds.js';
import { backendFlags } from '../../lib/cli/flags.js';
import { text } from '../../lib/ui/result.js';

export default class CompletionRefresh extends BerthCommand<string> {
  static override summary = 'Read names for completion again';
  static override description =
    'What `completion words` leaves to a process of its own. It makes no store, and tells no error.';
  static override hidden = true;
  static override args = { kind: choiceArg(nameKinds, 'What the names are of.') };
  static override flags = {
    'of-stack': Flags.string({
      default: '',
      helpValue: 'STACK',
      summary: 'For releases and variables: the stack they are of.',
    }),
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> completion refresh service',
    '<%= config.bin %> completion refresh release --of-stack voting-app',
  ];

  protected readonly view = text;

  async run(): Promise<string> {
    const { args, flags } = await this.parse(CompletionRefresh);
    const { refresh } = await import('../../lib/cli/completion/answer.js');
    return refresh({ kind: args.kind, stack: flags['of-stack'], backend: flags.backend }, this.runtime);
  }
}
