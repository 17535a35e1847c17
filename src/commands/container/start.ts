import { nameVerb } from '../../lib/cli/name-verbs.js';
import { containerNoun } from '../../lib/cli/nouns.js';

export default class ContainerStart extends nameVerb(containerNoun, 'start') {
  static override summary = 'Start containers that were stopped';
  static override examples = [
    '<%= config.bin %> container start vote-1',
    '<%= config.bin %> container start vote-1.voting-app vote-2.voting-app --no-wait',
  ];
}
