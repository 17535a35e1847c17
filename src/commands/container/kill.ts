import { argumentWords } from '../../lib/cli/argument-words.js';
import { backendFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import { nameVerb } from '../../lib/cli/name-verbs.js';
import { containerNoun } from '../../lib/cli/nouns.js';
import { signalFlag } from '../../lib/cli/signal-flag.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Container } from '../../lib/port/containers.js';

export default class ContainerKill extends nameVerb(containerNoun, 'kill') {
  static override summary = 'Send a signal to containers';
  static override strict = false;
  static override args = super.args;
  static override flags = {
    signal: signalFlag({ char: 's', summary: 'The signal to send, as HUP or SIGHUP; KILL by default.' }),
    ...mutationFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> container kill vote-1',
    '<%= config.bin %> container kill vote-1.voting-app -s HUP',
  ];

  override async run(): Promise<readonly Mutation<Container>[]> {
    const { raw, flags } = await this.parse(ContainerKill);
    const signal = { ...(flags.signal !== undefined && { signal: flags.signal }) };
    return this.change(argumentWords(raw), { ...mutationOptions(flags), ...signal });
  }
}
