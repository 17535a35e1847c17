import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, changeFlags } from '../../lib/cli/flags.js';
import { newService } from '../../lib/cli/new-service.js';
import { newServiceFlags } from '../../lib/cli/service-flags.js';
import { strictFlags } from '../../lib/cli/up-command.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Service } from '../../lib/port/services.js';
import { serviceMutation } from '../../lib/ui/views/service-change.js';

export default class ServiceCreate extends BerthCommand<Mutation<Service>> {
  static override summary = 'Create a service that stands alone, without running it';
  static override args = { image: textArg({ required: true, description: '[REGISTRY/]NAME[:TAG].' }) };
  static override flags = {
    ...newServiceFlags,
    ...strictFlags,
    'dry-run': Flags.boolean({ summary: 'Print the plan and change nothing.' }),
    ...changeFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> service create redis:8',
    "<%= config.bin %> service create -n web -t 2 -p 8080:80 -e MODE=test -r 'serve --port 80' example/web:1.4",
  ];

  protected readonly view = serviceMutation;

  async run(): Promise<Mutation<Service>> {
    const { args, flags } = await this.parse(ServiceCreate);
    const options = { ...(flags['dry-run'] && { dryRun: true }), ...(flags.strict && { strict: true }) };
    const creation = await newService(args.image, flags, this.runtime);
    const create = await this.mutation('services', 'create', options);
    return create(creation, options, this.call);
  }
}
