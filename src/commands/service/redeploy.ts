import { redeployVerb } from '../../lib/cli/name-verbs.js';
import { serviceNoun } from '../../lib/cli/nouns.js';

export default class ServiceRedeploy extends redeployVerb(serviceNoun) {
  static override summary = 'Replace every container of services with a new one';
  static override examples = [
    '<%= config.bin %> service redeploy vote',
    '<%= config.bin %> service redeploy vote.voting-app worker.voting-app --timeout 5m',
  ];
}
