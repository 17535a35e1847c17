import { textArg } from '../../lib/cli/args.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, changeFlags } from '../../lib/cli/flags.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Image } from '../../lib/port/images.js';
import { imageMutation } from '../../lib/ui/views/images.js';

export default class ImagePush extends BerthCommand<Mutation<Image>> {
  static override summary = 'Put an image into the registry that its name names';
  static override description =
    'With the credentials that `registry login`, or `docker login`, has kept for the registry.';
  static override args = {
    image: textArg({ required: true, description: 'Name, with a tag; without one it is latest.' }),
  };
  static override flags = { ...changeFlags, ...backendFlags };
  static override examples = [
    '<%= config.bin %> image push registry.example.com/web:1.4',
    '<%= config.bin %> image push localhost:5000/web --progress plain',
  ];

  protected readonly view = imageMutation(() => this.#name);
  #name = '';

  async run(): Promise<Mutation<Image>> {
    const { args } = await this.parse(ImagePush);
    this.#name = args.image;
    const push = await this.verb('images', 'push');
    return push({ image: args.image }, {}, this.call);
  }
}
