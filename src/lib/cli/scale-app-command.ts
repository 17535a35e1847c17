import type { Mutation } from '../port/actions.js';
import type { Service } from '../port/services.js';
import { servicesMutation } from '../ui/views/services.js';
import { AppCommand, appFlags } from './app-command.js';
import { textArg } from './args.js';
import { argumentWords } from './argument-words.js';
import { backendFlags, mutationFlags } from './flags.js';
import { mutationOptions } from './mutation-options.js';
import { checkProcessTypes } from './process-names.js';
import { parseScaleTargets } from './scale-targets.js';

/** `apps scale` and `ps scale`. */
export abstract class ScaleAppCommand extends AppCommand<Mutation<readonly Service[]>> {
  static override description =
    'All of them or none: a wrong type or number changes nothing. The number is kept over later `stack up`s.';
  static override strict = false;
  static override args = { target: textArg({ required: true, description: 'Process type, with =N.' }) };
  static override flags = { ...appFlags, ...mutationFlags, ...backendFlags };

  protected readonly view = servicesMutation;

  async run(): Promise<Mutation<readonly Service[]>> {
    const { raw, flags } = await this.parse(ScaleAppCommand);
    const command = (this.id ?? '').replaceAll(':', ' ');
    const targets = parseScaleTargets(argumentWords(raw), { command, target: 'TYPE' });
    const options = mutationOptions(flags);
    const app = await this.app(flags);
    checkProcessTypes(targets, app, command);
    const scale = await this.mutation('services', 'scale', options);
    const replicas = targets.map((target) => ({ ...target, service: `${target.service}.${app.name}` }));
    return scale({ replicas }, options, this.call);
  }
}
