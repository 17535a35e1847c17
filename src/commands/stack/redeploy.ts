import { redeployVerb } from '../../lib/cli/name-verbs.js';
import { stackNoun } from '../../lib/cli/nouns.js';

export default class StackRedeploy extends redeployVerb(stackNoun) {
  static override summary = 'Replace every container of stacks with a new one';
  static override examples = [
    '<%= config.bin %> stack redeploy voting-app',
    '<%= config.bin %> stack redeploy voting-app --dry-run',
  ];
}
