import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { composeConfig } from '../../lib/cli/compose-config.js';
import { definitionFlags } from '../../lib/cli/flags.js';
import { type ComposeConfig, composeConfigView } from '../../lib/ui/views/compose.js';

/** Flags that print a list instead of the whole; one at a time. */
const lists = ['services', 'images', 'volumes', 'networks', 'profiles', 'variables'];

function listFlag(name: string, summary: string) {
  return Flags.boolean({ summary, helpGroup: 'LISTS', exclusive: lists.filter((other) => other !== name) });
}

/** Stages that can be left out with --no-... */
const onByDefault = { allowNo: true, default: true, helpGroup: 'STAGES' };

export default class ComposeConfigCommand extends BerthCommand<ComposeConfig> {
  static override summary = 'Show the Compose file as berth reads it';
  static override description =
    'The canonical form: several files merged, variables put in, short forms written out, paths absolute.';
  static override strict = false;
  static override args = { service: textArg({ description: 'Only these services and what they depend on.' }) };
  static override flags = {
    'project-name': Flags.string({ char: 'p', summary: 'Name of the project.', helpValue: 'NAME' }),
    ...definitionFlags,
    format: Flags.option({ options: ['yaml', 'json'] as const, summary: 'How it is written: yaml by default.' })(),
    services: listFlag('services', 'Print the names of the services.'),
    images: listFlag('images', 'Print the images.'),
    volumes: listFlag('volumes', 'Print the names of the volumes.'),
    networks: listFlag('networks', 'Print the names of the networks.'),
    profiles: listFlag('profiles', 'Print the profiles.'),
    variables: listFlag('variables', 'Print the variables the files use.'),
    interpolate: Flags.boolean({ ...onByDefault, summary: 'Put the values of variables in.' }),
    consistency: Flags.boolean({ ...onByDefault, summary: 'Check references between services, networks, volumes ...' }),
    normalize: Flags.boolean({ ...onByDefault, summary: 'Add the default network, names and implied dependencies.' }),
    'path-resolution': Flags.boolean({ ...onByDefault, summary: 'Make relative paths absolute.' }),
    'env-resolution': Flags.boolean({ ...onByDefault, summary: 'Read env_file into environment.' }),
    'all-resources': Flags.boolean({ summary: 'Keep networks, volumes ... that no service uses.' }),
    quiet: Flags.boolean({ char: 'q', summary: 'Only check the files; print nothing.' }),
  };
  static override examples = [
    '<%= config.bin %> compose config',
    '<%= config.bin %> compose config -f compose.yaml -f compose.prod.yaml --format json',
    '<%= config.bin %> compose config --variables',
  ];

  protected readonly view = composeConfigView;

  async run(): Promise<ComposeConfig> {
    const { argv, flags } = await this.parse(ComposeConfigCommand);
    const config = await composeConfig(argv.map(String), flags, this.runtime);
    for (const warning of config.warnings) await this.warning(warning);
    return config;
  }
}
