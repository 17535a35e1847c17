import { nameVerb } from '../../lib/cli/name-verbs.js';
import { containerNoun } from '../../lib/cli/nouns.js';

export default class ContainerPause extends nameVerb(containerNoun, 'pause') {
  static override summary = 'Hold all processes of containers';
  static override examples = [
    '<%= config.bin %> container pause vote-1',
    '<%= config.bin %> container pause vote-1.voting-app vote-2.voting-app --dry-run',
  ];
}
