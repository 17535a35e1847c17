import { UpCommand } from '../lib/cli/up-command.js';

export default class Up extends UpCommand {
  static override summary = 'The same as stack up';
  static override examples = ['<%= config.bin %> up', '<%= config.bin %> up -f compose.yaml --no-wait'];
}
