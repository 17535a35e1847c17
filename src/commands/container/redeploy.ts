import { redeployVerb } from '../../lib/cli/name-verbs.js';
import { containerNoun } from '../../lib/cli/nouns.js';

export default class ContainerRedeploy extends redeployVerb(containerNoun) {
  static override summary = 'Replace containers with new ones';
  static override examples = [
    '<%= config.bin %> container redeploy vote-1',
    '<%= config.bin %> container redeploy vote-1.voting-app vote-2.voting-app --no-wait',
  ];
}
