import { Flags } from '@oclif/core';
import { textArg } from '../../lib/cli/args.js';
import { argumentWords } from '../../lib/cli/argument-words.js';
import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, changeFlags } from '../../lib/cli/flags.js';
import { findNamed } from '../../lib/cli/image-names.js';
import { imageNoun } from '../../lib/cli/image-noun.js';
import { inOrder } from '../../lib/cli/in-order.js';
import type { Mutation } from '../../lib/port/actions.js';
import type { Image } from '../../lib/port/images.js';
import { imageRemovals } from '../../lib/ui/views/images.js';

export default class ImageRm extends BerthCommand<readonly Mutation<Image>[]> {
  static override summary = 'Remove images, or names of them';
  static override description =
    'A name is taken off its image; the image goes with its last name. One that a container uses stays, and so does one ' +
    'that is named by its id and has several names, unless --force.';
  static override strict = false;
  static override args = { image: textArg({ required: true, description: imageNoun.namedBy }) };
  static override flags = {
    force: Flags.boolean({ summary: 'Also where a stopped container uses it, or it has several names.' }),
    ...changeFlags,
    ...backendFlags,
  };
  static override examples = [
    '<%= config.bin %> image rm web:1.3',
    '<%= config.bin %> image rm 58cc21 web:1.2 --force',
  ];

  protected readonly view = imageRemovals;

  async run(): Promise<readonly Mutation<Image>[]> {
    const { raw, flags } = await this.parse(ImageRm);
    const options = { ...(flags.force && { force: true }) };
    const remove = await this.verb('images', 'remove', options);
    const found = await findNamed(argumentWords(raw), (word) =>
      imageNoun.get((facet, verb, given) => this.verb(facet, verb, given), word, this.call),
    );
    return inOrder(
      found,
      ({ word }) => remove({ image: word }, options, this.call),
      (text) => this.warning(text),
    );
  }
}
