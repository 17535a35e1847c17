import { nameVerb } from '../../lib/cli/name-verbs.js';
import { serviceNoun } from '../../lib/cli/nouns.js';

export default class ServiceStop extends nameVerb(serviceNoun, 'stop') {
  static override summary = 'Stop services; their containers stay';
  static override examples = [
    '<%= config.bin %> service stop vote',
    '<%= config.bin %> service stop vote.voting-app worker.voting-app --no-wait',
  ];
}
