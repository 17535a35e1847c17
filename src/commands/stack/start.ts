import { nameVerb } from '../../lib/cli/name-verbs.js';
import { stackNoun } from '../../lib/cli/nouns.js';

export default class StackStart extends nameVerb(stackNoun, 'start') {
  static override summary = 'Start the services of stacks that were stopped';
  static override examples = [
    '<%= config.bin %> stack start voting-app',
    '<%= config.bin %> stack start voting-app shop --timeout 5m',
  ];
}
