import { inspectCommand } from '../../lib/cli/inspect-command.js';
import { imageNoun } from '../../lib/cli/image-noun.js';

export default class ImageInspect extends inspectCommand(imageNoun) {
  static override summary = 'Show an image';
  static override examples = [
    '<%= config.bin %> image inspect redis:8',
    "<%= config.bin %> image inspect 58cc21 --format '{{.architecture}}'",
  ];
}
