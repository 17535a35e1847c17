import { parseLabels } from '../../lib/cli/pairs.js';
import { placementVerb } from '../../lib/cli/placement-command.js';

export default class TagsSet extends placementVerb({ name: 'label', description: 'KEY=VALUE.' }, parseLabels) {
  static override summary = 'Run an app only on nodes that have these labels';
  static override description =
    'They are added to those set before. When no node has all of them, nothing can be placed: exit 13.';
  static override examples = [
    '<%= config.bin %> tags set disk=ssd zone=b',
    '<%= config.bin %> tags set -a voting-app disk=ssd --dry-run',
  ];
}
