import { UpCommand } from '../../lib/cli/up-command.js';

export default class StackUp extends UpCommand {
  static override summary = 'Make what runs be what the file says; create the stack if there is none';
  static override examples = [
    '<%= config.bin %> stack up',
    '<%= config.bin %> stack up -n voting-app -f compose.yaml -f compose.prod.yaml --timeout 5m',
    '<%= config.bin %> stack up vote worker --dry-run',
    '<%= config.bin %> stack up --prune --rollback-on-failure --strict',
  ];
}
