import { removedLabels } from '../../lib/cli/pairs.js';
import { placementVerb } from '../../lib/cli/placement-command.js';

export default class TagsUnset extends placementVerb({ name: 'key', description: 'Keys of labels.' }, removedLabels) {
  static override summary = 'Let an app run on nodes without these labels';
  static override examples = [
    '<%= config.bin %> tags unset disk',
    '<%= config.bin %> tags unset -a voting-app disk zone',
  ];
}
