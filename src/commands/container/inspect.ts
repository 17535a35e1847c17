import { inspectCommand } from '../../lib/cli/inspect-command.js';
import { containerNoun } from '../../lib/cli/nouns.js';

export default class ContainerInspect extends inspectCommand(containerNoun) {
  static override summary = 'Show a container';
  static override examples = [
    '<%= config.bin %> container inspect vote-1',
    "<%= config.bin %> container inspect vote-1.voting-app --format '{{.node}}'",
  ];
}
