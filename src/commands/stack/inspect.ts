import { inspectCommand } from '../../lib/cli/inspect-command.js';
import { stackNoun } from '../../lib/cli/nouns.js';

export default class StackInspect extends inspectCommand(stackNoun) {
  static override summary = 'Show a stack with its definition';
  static override examples = [
    '<%= config.bin %> stack inspect voting-app',
    '<%= config.bin %> stack inspect voting-app --json',
  ];
}
