import { BerthCommand } from '../lib/cli/base-command.js';
import { choiceArg } from '../lib/cli/completion/choice-arg.js';
import { shells } from '../lib/cli/completion/shells.js';
import { text } from '../lib/ui/result.js';

export default class CompletionCommand extends BerthCommand<string> {
  static override summary = 'Print a script that makes a shell complete berth';
  static override description = `Nouns, verbs, flags, their values, and names: stacks, services, containers, actions, releases, variables.

bash: put \`eval "$(berth completion bash)"\` into ~/.bashrc

zsh: put \`eval "$(berth completion zsh)"\` into ~/.zshrc, behind the line with compinit

fish: run \`berth completion fish > ~/.config/fish/completions/berth.fish\` once

PowerShell: put \`berth completion powershell | Out-String | Invoke-Expression\` into $PROFILE

Names are kept in BERTH_HOME, and read again when they are more than 5 seconds old. When that takes too long, the next \
TAB has them: completing is not to take more than 300 ms.`;
  static override args = { shell: choiceArg(shells, 'The shell the script is for.') };
  static override examples = ['<%= config.bin %> completion bash', '<%= config.bin %> completion fish'];

  protected readonly view = text;

  async run(): Promise<string> {
    const { args } = await this.parse(CompletionCommand);
    const { completionScript } = await import('../lib/cli/completion/scripts.js');
    return completionScript(args.shell);
  }
}
