import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { argumentWords } from '../../lib/cli/argument-words.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import { changeServices } from '../../lib/cli/change-services.js';
import { changedServiceFlags } from '../../lib/cli/service-flags.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Service } from '../../lib/port/services.js';
import { serviceMutations } from '../../lib/ui/views/services.js';

export default class ServiceSet extends BerthCommand<readonly Mutation<Service>[]> {
  static override summary = 'Change attributes of services';
  static override description =
    'Only those that are given; a list replaces the one that is there, and a blank command or 0 takes a value away. What ' +
    'runs stays as it is until `service redeploy`, or with --redeploy.';
  static override strict = false;
  static override args = { service: textArg({ required: true, description: 'name, name.stack or id.' }) };
  static override flags = {
    redeploy: Flags.boolean({ summary: 'Replace at once what runs and differs.' }),
    ...changedServiceFlags,
    ...mutationFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> service set web --image example/web:1.5 --redeploy',
    '<%= config.bin %> service set vote.voting-app worker.voting-app --memory 256 --no-privileged',
  ];

  protected readonly view = serviceMutations;

  async run(): Promise<readonly Mutation<Service>[]> {
    const { raw, flags } = await this.parse(ServiceSet);
    const options = { ...mutationOptions(flags), ...(flags.redeploy && { redeploy: true }) };
    return changeServices(argumentWords(raw), flags, options, {
      runtime: this.runtime,
      call: this.call,
      get: () => this.verb('services', 'get'),
      update: () => this.mutation('services', 'update', options),
      warn: (text) => this.warning(text),
    });
  }
}
