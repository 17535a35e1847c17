import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import { newService } from '../../lib/cli/new-service.js';
import { newServiceFlags } from '../../lib/cli/service-flags.js';
import { strictFlags } from '../../lib/cli/up-command.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Service } from '../../lib/port/services.js';
import { serviceMutation } from '../../lib/ui/views/service-change.js';

export default class ServiceRun extends BerthCommand<Mutation<Service>> {
  static override summary = 'Create a service that stands alone, and start it';
  static override args = { image: textArg({ required: true, description: '[REGISTRY/]NAME[:TAG].' }) };
  static override flags = { ...newServiceFlags, ...strictFlags, ...mutationFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> service run -p 6379:6379 redis:8',
    '<%= config.bin %> service run -n worker -t 3 --autorestart ON_FAILURE --env-file worker.env example/worker:1.4',
  ];

  protected readonly view = serviceMutation;

  async run(): Promise<Mutation<Service>> {
    const { args, flags } = await this.parse(ServiceRun);
    const options = { ...mutationOptions(flags), ...(flags.strict && { strict: true }) };
    const creation = await newService(args.image, flags, this.runtime);
    const run = await this.mutation('services', 'run', options);
    return run(creation, options, this.call);
  }
}
