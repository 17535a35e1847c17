import { Flags } from '@oclif/core';
import type { Mutation } from '../port/actions.js';
import type { Config, ConfigSetOptions } from '../port/config.js';
import { configMutations } from '../ui/views/config.js';
import { textArg } from './args.js';
import { argumentWords } from './argument-words.js';
import { BerthCommand } from './base-command.js';
import { backendFlags, globalFlags, mutationFlags } from './flags.js';
import { findAll, inOrder } from './in-order.js';
import { mutationOptions } from './mutation-options.js';
import { variablesOf } from './new-service.js';
import { variableFlags } from './service-flags.js';
import { atLeastOne } from './variables-input.js';

type MutationFlags = Parameters<typeof mutationOptions>[0];
type Mode = Pick<ConfigSetOptions, 'expect' | 'replace'>;

const redeployFlag = {
  redeploy: Flags.boolean({ summary: 'Replace at once what runs and differs.', default: false }),
};

/** Which services. */
export const serviceEnvArgs = { service: textArg({ required: true, description: 'name, name.stack or id.' }) };

/** Changes the environment of services, one after the other: all of a change or nothing of it. */
export abstract class ServiceEnvCommand extends BerthCommand<readonly Mutation<Config>[]> {
  // oclif's manifest takes statics over from parents up to the first that has none of its own.
  static override baseFlags = globalFlags;

  protected readonly view = configMutations;

  protected async change(
    names: readonly string[],
    values: Readonly<Record<string, string | null>>,
    flags: MutationFlags & { readonly redeploy: boolean },
    mode: Mode,
  ): Promise<readonly Mutation<Config>[]> {
    const options = { ...mutationOptions(flags), ...mode, redeploy: flags.redeploy };
    const get = await this.verb('services', 'get');
    const services = await findAll('service', names, (service) => get({ service }, {}, this.call));
    const set = await this.mutation('config', 'set', options);
    return inOrder(
      services,
      ({ id }) => set({ target: { service: id }, values }, options, this.call),
      (text) => this.warning(text),
    );
  }
}

/** `service env add`, `set` and `update`: what they ask of the variables differs. */
export function serviceEnvVerb(mode: Mode) {
  abstract class ServiceEnvVerb extends ServiceEnvCommand {
    static override strict = false;
    static override args = serviceEnvArgs;
    static override flags = { ...variableFlags, ...redeployFlag, ...mutationFlags, ...backendFlags };

    async run(): Promise<readonly Mutation<Config>[]> {
      const { raw, flags } = await this.parse(ServiceEnvVerb);
      const values = await variablesOf(flags, this.runtime);
      const given = atLeastOne(values, 'Name them as -e KEY=VALUE, or a file with --env-file.');
      return this.change(argumentWords(raw), given, flags, mode);
    }
  }
  return ServiceEnvVerb;
}

/** Flags of `service env rm`. */
export const removeVariableFlags = {
  name: Flags.string({
    char: 'n',
    multiple: true,
    multipleNonGreedy: true,
    required: true,
    summary: 'A variable to remove.',
    helpValue: 'KEY',
  }),
  ...redeployFlag,
  ...mutationFlags,
  ...backendFlags,
};
