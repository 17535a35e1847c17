import { nameVerb } from '../../lib/cli/name-verbs.js';
import { containerNoun } from '../../lib/cli/nouns.js';

export default class ContainerStop extends nameVerb(containerNoun, 'stop') {
  static override summary = 'Stop containers; they stay';
  static override examples = [
    '<%= config.bin %> container stop vote-1',
    '<%= config.bin %> container stop vote-1.voting-app vote-2.voting-app --no-wait',
  ];
}
