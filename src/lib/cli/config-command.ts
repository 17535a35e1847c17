import { Flags } from '@oclif/core';
import type { Mutation } from '../port/actions.js';
import type { Config, ConfigVariable } from '../port/config.js';
import { NotFoundError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { configMutation } from '../ui/views/config.js';
import { AppCommand, appFlags } from './app-command.js';
import { backendFlags, mutationFlags } from './flags.js';
import { mutationOptions } from './mutation-options.js';

type MutationFlags = Parameters<typeof mutationOptions>[0];

/** Flags of verbs that change the environment of an app. */
export const configChangeFlags = {
  ...appFlags,
  redeploy: Flags.boolean({
    allowNo: true,
    default: true,
    summary: 'Replace at once what runs and differs.',
  }),
  ...mutationFlags,
  ...backendFlags,
};

/** What changes the environment of an app. */
export abstract class ConfigChangeCommand extends AppCommand<Mutation<Config>> {
  protected readonly view = configMutation;

  /** Sets variables, and unsets those whose value is null, as one release. */
  protected async change(
    values: Readonly<Record<string, string | null>>,
    flags: MutationFlags & { readonly app?: string | undefined; readonly redeploy: boolean },
  ): Promise<Mutation<Config>> {
    const options = { ...mutationOptions(flags), ...(!flags.redeploy && { redeploy: false }) };
    const app = await this.app(flags);
    const set = await this.mutation('config', 'set', options);
    return set({ target: { stack: app.id }, values }, options, this.call);
  }
}

/** @throws NotFoundError with the nearest name. */
export function variableNamed({ variables }: Config, key: string): ConfigVariable {
  const found = variables.find((variable) => variable.key === key);
  if (found !== undefined) return found;
  const near = nearest(
    key,
    variables.map((variable) => variable.key),
  );
  throw new NotFoundError(`no variable ${JSON.stringify(key)}`, {
    hint:
      near === undefined
        ? 'List them with `berth config ls`, those of one process type with --service.'
        : `Did you mean ${near}?`,
  });
}
