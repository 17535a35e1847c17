import { nameVerb } from '../../lib/cli/name-verbs.js';
import { serviceNoun } from '../../lib/cli/nouns.js';

export default class ServiceStart extends nameVerb(serviceNoun, 'start') {
  static override summary = 'Start services that were stopped';
  static override examples = [
    '<%= config.bin %> service start vote',
    '<%= config.bin %> service start vote.voting-app worker.voting-app --timeout 5m',
  ];
}
