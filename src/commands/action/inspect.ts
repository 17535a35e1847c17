import { inspectCommand } from '../../lib/cli/inspect-command.js';
import { actionNoun } from '../../lib/cli/nouns.js';

export default class ActionInspect extends inspectCommand(actionNoun) {
  static override summary = 'Show an action with its steps';
  static override examples = [
    '<%= config.bin %> action inspect 4f2b8c1e',
    '<%= config.bin %> action inspect 4f2b8c1e --json',
  ];
}
