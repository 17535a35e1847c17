import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { composeConfig } from '../../lib/cli/compose-input.js';
import { definitionFlags } from '../../lib/cli/flags.js';
import { type ComposeConfig, composeConfigView } from '../../lib/ui/views/compose.js';

export default class ComposeConfigCommand extends BerthCommand<ComposeConfig> {
  static override summary = 'Show the Compose file as berth reads it';
  static override description =
    'The canonical form: several files merged, variables put in, short forms written out, paths absolute.';
  static override strict = false;
  static override args = { service: textArg({ description: 'Only these services and what they depend on.' }) };
  static override flags = {
    'project-name': Flags.string({ char: 'p', summary: 'Name of the project.', helpValue: 'NAME' }),
    ...definitionFlags,
    format: Flags.option({ options: ['yaml', 'json'] as const, default: 'yaml', summary: 'How it is written.' })(),
    services: Flags.boolean({ summary: 'Print the names of the services.', exclusive: ['images', 'variables'] }),
    images: Flags.boolean({ summary: 'Print the images.', exclusive: ['services', 'variables'] }),
    variables: Flags.boolean({ summary: 'Print the variables the files use.', exclusive: ['services', 'images'] }),
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
