import { Flags } from '@oclif/core';
import { argumentWords } from '../../lib/cli/argument-words.js';
import { backendFlags, confirmFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import { terminateVerb } from '../../lib/cli/name-verbs.js';
import { stackNoun } from '../../lib/cli/nouns.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Stack } from '../../lib/port/stacks.js';

export default class StackTerminate extends terminateVerb(stackNoun) {
  static override summary = 'Stop and remove everything of stacks';
  static override strict = false;
  static override args = super.args;
  static override flags = {
    volumes: Flags.boolean({ summary: 'Remove their volumes too.' }),
    ...confirmFlags,
    ...mutationFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> stack terminate voting-app',
    '<%= config.bin %> stack terminate voting-app shop --volumes --yes',
  ];

  override async run(): Promise<readonly Mutation<Stack>[]> {
    const { raw, flags } = await this.parse(StackTerminate);
    const options = { ...mutationOptions(flags), ...(flags.volumes && { volumes: true }) };
    return this.change(argumentWords(raw), options, (question) => this.confirm(question, flags));
  }
}
