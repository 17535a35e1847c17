import { nameVerb } from '../../lib/cli/name-verbs.js';
import { stackNoun } from '../../lib/cli/nouns.js';

export default class StackStop extends nameVerb(stackNoun, 'stop') {
  static override summary = 'Stop the services of stacks; their containers stay';
  static override examples = [
    '<%= config.bin %> stack stop voting-app',
    '<%= config.bin %> stack stop voting-app shop --no-wait',
  ];
}
