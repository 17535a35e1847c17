import { nameVerb } from '../../lib/cli/name-verbs.js';
import { containerNoun } from '../../lib/cli/nouns.js';

export default class ContainerUnpause extends nameVerb(containerNoun, 'unpause') {
  static override summary = 'Let paused containers go on';
  static override examples = [
    '<%= config.bin %> container unpause vote-1',
    '<%= config.bin %> container unpause vote-1.voting-app vote-2.voting-app -q',
  ];
}
