import { argumentWords } from '../../../lib/cli/argument-words.js';
import { removedVariables } from '../../../lib/cli/pairs.js';
import { removeVariableFlags, serviceEnvArgs, ServiceEnvCommand } from '../../../lib/cli/service-env-command.js';
import type { Mutation } from '../../../lib/port/actions.js';
import type { Config } from '../../../lib/port/config.js';

export default class ServiceEnvRm extends ServiceEnvCommand {
  static override summary = 'Remove variables from services';
  static override description =
    'Refused for a service that lacks one of them. What runs sees it when it is redeployed.';
  static override strict = false;
  static override args = serviceEnvArgs;
  static override flags = removeVariableFlags;
  static override examples = [
    '<%= config.bin %> service env rm vote -n DEBUG -n MODE',
    '<%= config.bin %> service env rm vote.voting-app worker.voting-app -n DEBUG --redeploy',
  ];

  async run(): Promise<readonly Mutation<Config>[]> {
    const { raw, flags } = await this.parse(ServiceEnvRm);
    const removed = removedVariables(flags.name);
    return this.change(argumentWords(raw), removed, flags, { expect: 'existing' });
  }
}
