import { Flags } from '@oclif/core';
import type { Mutation } from '../port/actions.js';
import type { Stack, StackUpOptions } from '../port/stacks.js';
import { formatChoice } from '../ui/format.js';
import { stackMutation } from '../ui/views/stacks.js';
import { textArg } from './args.js';
import { argumentWords } from './argument-words.js';
import { BerthCommand } from './base-command.js';
import { loadDeployable } from './compose-input.js';
import { backendFlags, definitionFlags, durationFlag, mutationFlags, stackNameFlags } from './flags.js';
import { mutationOptions } from './mutation-options.js';

/** Refuses what a backend would leave unheeded. */
export const strictFlags = {
  strict: Flags.boolean({
    summary: 'Refuse attributes that the backend cannot do, in place of a warning.',
    helpGroup: 'DEFINITION',
  }),
};

/** What an `up` has to reach, besides the definition. */
export const reachFlags = {
  prune: Flags.boolean({ summary: 'Remove services that are gone from the file.' }),
  'reset-config': Flags.boolean({ summary: 'Drop what verbs laid over the environment, limits and placement.' }),
  'reset-scale': Flags.boolean({ summary: 'Drop the numbers of replicas that `scale` set.' }),
  ...strictFlags,
};

/** How a plan is shown. */
export const planFlags = {
  format: Flags.string({
    summary: `${formatChoice('text')}.`,
    helpValue: 'FORMAT',
    helpGroup: 'OUTPUT',
    exclusive: ['json'],
  }),
};

/** `stack up` and its shortcut `up`. */
export abstract class UpCommand extends BerthCommand<Mutation<Stack>> {
  static override strict = false;
  static override args = {
    service: textArg({ description: 'Only these services and what they depend on.' }),
  };
  static override flags = {
    ...stackNameFlags,
    ...definitionFlags,
    ...reachFlags,
    'rollback-on-failure': Flags.boolean({ summary: 'Put back what ran before when the rollout fails.' }),
    monitor: durationFlag({ summary: 'How long everything must stay up before it counts as running.' }),
    ...mutationFlags,
    ...backendFlags,
  };

  protected readonly view = stackMutation;

  async run(): Promise<Mutation<Stack>> {
    const { flags, raw } = await this.parse(UpCommand);
    const options = {
      ...mutationOptions(flags),
      ...reachOptions(flags, argumentWords(raw)),
      ...(flags['rollback-on-failure'] && { rollbackOnFailure: true }),
      ...(flags.monitor !== undefined && { monitorMs: flags.monitor }),
    };
    const { project, warnings } = await loadDeployable(flags, this.runtime);
    for (const warning of warnings) await this.warning(warning);
    const up = await this.mutation('stacks', 'up', options);
    return up({ project }, options, this.call);
  }
}

/** The options that `reachFlags` ask for, and the services named; all when none is. */
export function reachOptions(
  flags: {
    readonly prune: boolean;
    readonly 'reset-config': boolean;
    readonly 'reset-scale': boolean;
    readonly strict: boolean;
  },
  services: readonly string[],
): StackUpOptions {
  return {
    ...(flags.prune && { prune: true }),
    ...(flags['reset-config'] && { resetConfig: true }),
    ...(flags['reset-scale'] && { resetScale: true }),
    ...(flags.strict && { strict: true }),
    ...(services.length > 0 && { services }),
  };
}
