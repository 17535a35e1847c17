import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, changeFlags } from '../../lib/cli/flags.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Image } from '../../lib/port/images.js';
import { imageMutation } from '../../lib/ui/views/images.js';

export default class ImageTag extends BerthCommand<Mutation<Image>> {
  static override summary = 'Give an image one more name';
  static override description = 'A name that another image has is taken from it.';
  static override args = {
    image: textArg({ required: true, description: 'Name, id or the beginning of one.' }),
    target: textArg({ required: true, description: 'The new name, with a tag; without one it is latest.' }),
  };
  static override flags = { ...changeFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> image tag web:1.4 registry.example.com/web:1.4',
    '<%= config.bin %> image tag 58cc21 web:stable',
  ];

  protected readonly view = imageMutation(() => this.#name);
  #name = '';

  async run(): Promise<Mutation<Image>> {
    const { args } = await this.parse(ImageTag);
    this.#name = args.target;
    const tag = await this.verb('images', 'tag');
    return tag({ image: args.image, target: args.target }, {}, this.call);
  }
}
