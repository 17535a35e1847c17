import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, changeFlags } from '../../lib/cli/flags.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Image } from '../../lib/port/images.js';
import { imageMutation } from '../../lib/ui/views/images.js';

export default class ImagePull extends BerthCommand<Mutation<Image>> {
  static override summary = 'Get an image from its registry';
  static override description =
    'With the credentials that `registry login`, or `docker login`, has kept for the registry.';
  static override args = {
    image: textArg({ required: true, description: 'Name, with a tag or digest; without one it is latest.' }),
  };
  static override flags = {
    platform: Flags.string({ summary: 'That for this platform, as linux/arm64.', helpValue: 'OS/ARCH' }),
    ...changeFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> image pull redis:8',
    '<%= config.bin %> image pull registry.example.com/web:1.4 --platform linux/arm64',
  ];

  protected readonly view = imageMutation(() => this.#name);
  #name = '';

  async run(): Promise<Mutation<Image>> {
    const { args, flags } = await this.parse(ImagePull);
    this.#name = args.image;
    const options = { ...(flags.platform !== undefined && { platform: flags.platform }) };
    const pull = await this.verb('images', 'pull', options);
    return pull({ image: args.image }, options, this.call);
  }
}
