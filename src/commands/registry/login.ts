import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, formatFlags } from '../../lib/cli/flags.js';
import { readLogin } from '../../lib/cli/registry-password.js';
import type { Registry } from '../../lib/port/registries.js';
import { registryDetail } from '../../lib/ui/views/registries.js';

export default class RegistryLogin extends BerthCommand<Registry> {
  static override summary = 'Keep credentials for a registry';
  static override description =
    'The registry is asked whether it takes them. They are kept as `docker login` keeps them: by the credential helper ' +
    'that config.json of docker names, else in that file. The password comes from the terminal, from ' +
    'BERTH_REGISTRY_PASSWORD, or with --password-stdin from standard input.';
  static override args = {
    registry: textArg({ default: 'docker.io', description: 'Its host, as registry.example.com:5000.' }),
  };
  static override flags = {
    username: Flags.string({ char: 'u', summary: 'Who logs in.', helpValue: 'NAME' }),
    'password-stdin': Flags.boolean({ summary: 'Read the password from standard input.' }),
    ...formatFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> registry login registry.example.com',
    '<%= config.bin %> registry login localhost:5000 -u ann --password-stdin',
  ];

  protected readonly view = registryDetail;

  async run(): Promise<Registry> {
    const { args, flags } = await this.parse(RegistryLogin);
    const login = await this.verb('registries', 'login');
    const creation = await readLogin(args.registry, flags, this.runtime);
    return login(creation, {}, this.call);
  }
}
