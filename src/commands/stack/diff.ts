import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { argumentWords } from '../../lib/cli/argument-words.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { loadDeployable } from '../../lib/cli/compose-input.js';
import { backendFlags, definitionFlags, stackNameFlags } from '../../lib/cli/flags.js';
import { planFlags, reachFlags, reachOptions } from '../../lib/cli/up-command.js';
import type { PlannedStep } from '../../lib/port/plan.js';
import { plan } from '../../lib/ui/result.js';

export default class StackDiff extends BerthCommand<readonly PlannedStep[]> {
  static override summary = 'Show what stack up would do';
  static override strict = false;
  static override args = { service: textArg({ description: 'Only these services and what they depend on.' }) };
  static override flags = {
    'exit-code': Flags.boolean({ summary: 'Exit with 1 when there is a difference.' }),
    ...stackNameFlags,
    ...definitionFlags,
    ...reachFlags,
    ...planFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> stack diff -f compose.yaml',
    '<%= config.bin %> stack diff -n staging vote worker --exit-code --json',
  ];

  protected readonly view = plan;
  #tell = false;

  protected override exitStatus(steps: readonly PlannedStep[]): number {
    return this.#tell && steps.length > 0 ? 1 : 0;
  }

  async run(): Promise<readonly PlannedStep[]> {
    const { flags, raw } = await this.parse(StackDiff);
    this.#tell = flags['exit-code'];
    const options = { ...reachOptions(flags, argumentWords(raw)), dryRun: true };
    const { project, warnings } = await loadDeployable(flags, this.runtime);
    for (const warning of warnings) await this.warning(warning);
    const up = await this.mutation('stacks', 'up', options);
    const { plan: steps } = await up({ project }, options, this.call);
    return steps;
  }
}
