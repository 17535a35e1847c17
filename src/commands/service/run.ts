import { textArg } from '../../lib/cli/args.js';
import { attachFlags, AttachingCommand } from '../../lib/cli/exec-command.js';
import { backendFlags, mutationFlags } from '../../lib/cli/flags.js';
import { mutationOptions } from '../../lib/cli/mutation-options.js';
import { newService } from '../../lib/cli/new-service.js';
import { newServiceFlags } from '../../lib/cli/service-flags.js';
import { strictFlags } from '../../lib/cli/up-command.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Service } from '../../lib/port/services.js';
import type { Executed } from '../../lib/ui/views/containers.js';
import { serviceRun } from '../../lib/ui/views/service-run.js';

export default class ServiceRun extends AttachingCommand<Mutation<Service> | Executed> {
  static override summary = 'Create a service that stands alone, and start it';
  static override args = { image: textArg({ required: true, description: '[REGISTRY/]NAME[:TAG].' }) };
  static override flags = { ...newServiceFlags, ...attachFlags, ...strictFlags, ...mutationFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> service run -p 6379:6379 redis:8',
    '<%= config.bin %> service run -n worker -t 3 --autorestart ON_FAILURE --env-file worker.env example/worker:1.4',
    "<%= config.bin %> service run --attach -r 'sh -l' alpine:3",
  ];

  protected readonly view = serviceRun;

  async run(): Promise<Mutation<Service> | Executed> {
    const { args, flags } = await this.parse(ServiceRun);
    const creation = await newService(args.image, flags, this.runtime);
    if (flags.attach) {
      const { json, interactive, tty } = flags;
      return this.attached('run', { json, interactive, tty }, async (run, options) =>
        run({ target: { creation }, command: [] }, options, this.call),
      );
    }
    const options = { ...mutationOptions(flags), ...(flags.strict && { strict: true }) };
    const run = await this.mutation('services', 'run', options);
    return run(creation, options, this.call);
  }
}
