import { BerthCommand } from '../../lib/cli/base-command.js';
import { backendFlags, listFlags } from '../../lib/cli/flags.js';
import { imageRows } from '../../lib/cli/image-rows.js';
import { imageList, type ImageRow } from '../../lib/ui/views/images.js';

export default class ImageLs extends BerthCommand<AsyncIterable<ImageRow>> {
  static override summary = 'List images that are there to run';
  static override flags = { ...listFlags, ...backendFlags };
  static override examples = ['<%= config.bin %> image ls', '<%= config.bin %> image ls --sort -bytes --format wide'];

  protected readonly view = imageList;

  async run(): Promise<AsyncIterable<ImageRow>> {
    await this.parse(ImageLs);
    const list = await this.verb('images', 'list');
    return imageRows(list({}, {}, this.call));
  }
}
