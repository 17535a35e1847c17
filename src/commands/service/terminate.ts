import { terminateVerb } from '../../lib/cli/name-verbs.js';
import { serviceNoun } from '../../lib/cli/nouns.js';

export default class ServiceTerminate extends terminateVerb(serviceNoun) {
  static override summary = 'Stop and remove services, and take them out of their stack';
  static override examples = [
    '<%= config.bin %> service terminate vote',
    '<%= config.bin %> service terminate vote.voting-app worker.voting-app --yes',
  ];
}
