import { nameVerb } from '../../lib/cli/name-verbs.js';
import { containerNoun } from '../../lib/cli/nouns.js';

export default class ContainerRestart extends nameVerb(containerNoun, 'restart') {
  static override summary = 'Stop and start containers';
  static override examples = [
    '<%= config.bin %> container restart vote-1',
    '<%= config.bin %> container restart vote-1.voting-app vote-2.voting-app --timeout 1m',
  ];
}
