import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import { parseScaleTargets } from '../../lib/cli/scale-targets.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Service } from '../../lib/port/services.js';
import { servicesMutation } from '../../lib/ui/views/services.js';

export default class ServiceScale extends BerthCommand<Mutation<readonly Service[]>> {
  static override summary = 'Set the number of replicas of services';
  static override description =
    'All of them or none: a wrong name or number changes nothing. The number is kept over later `stack up`s.';
  static override strict = false;
  static override usage = ['service scale SERVICE=N [SERVICE=N ...]', 'service scale SERVICE [SERVICE ...] N'];
  static override args = {
    target: textArg({ required: true, description: 'name, name.stack or id, with =N; or names and then N.' }),
  };
  static override flags = { ...mutationFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> service scale vote=4 worker=2',
    '<%= config.bin %> service scale vote.voting-app 4 --no-wait',
  ];

  protected readonly view = servicesMutation;

  async run(): Promise<Mutation<readonly Service[]>> {
    const { argv, flags } = await this.parse(ServiceScale);
    const replicas = parseScaleTargets(argv.map(String), { command: 'service scale', target: 'SERVICE' });
    const options = mutationOptions(flags);
    const scale = await this.mutation('services', 'scale', options);
    return scale({ replicas }, options, this.call);
  }
}
