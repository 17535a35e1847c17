import { inspectCommand } from '../../lib/cli/inspect-command.js';
import { serviceNoun } from '../../lib/cli/nouns.js';

export default class ServiceInspect extends inspectCommand(serviceNoun) {
  static override summary = 'Show a service with its definition';
  static override examples = [
    '<%= config.bin %> service inspect vote',
    '<%= config.bin %> service inspect vote.voting-app --json',
  ];
}
