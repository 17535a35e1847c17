import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { shells } from '../../lib/cli/completion/shells.js';
import { text } from '../../lib/ui/result.js';

export default class CompletionWords extends BerthCommand<string> {
  static override summary = 'Answer a completion script';
  static override description = 'What the scripts of `berth completion` ask at every TAB.';
  static override hidden = true;
  static override strict = false;
  static override args = { word: textArg({ description: 'Words behind the name of the program, before the cursor.' }) };
  static override flags = {
    shell: Flags.option({ options: shells, required: true, helpValue: 'SHELL', summary: 'The shell that asks.' })(),
    current: Flags.string({
      default: '',
      helpValue: 'WORD',
      summary: 'The word at the cursor, as far as it is typed.',
    }),
    line: Flags.string({ default: '', helpValue: 'TEXT', summary: 'For bash: the command line up to the cursor.' }),
    breaks: Flags.string({ default: '', helpValue: 'TEXT', summary: 'For bash: its COMP_WORDBREAKS.' }),
  };
  static override examples = [
    '<%= config.bin %> completion words --shell fish --current=lo -- stack',
    "<%= config.bin %> completion words --shell bash --line='berth stack lo'",
  ];

  protected readonly view = text;

  async run(): Promise<string> {
    const { argv, flags } = await this.parse(CompletionWords);
    const { answer } = await import('../../lib/cli/completion/answer.js');
    return answer({ ...flags, previous: argv.map(String) }, this.config, this.runtime);
  }
}
