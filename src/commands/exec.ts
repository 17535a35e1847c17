import { ExecCommand } from '../lib/cli/exec-command.js';

export default class Exec extends ExecCommand {
  static override summary = 'The same as container exec';
  static override usage = ['exec [FLAGS] CONTAINER [COMMAND...]'];
  static override examples = ['<%= config.bin %> exec vote-1 ls -l', '<%= config.bin %> exec vote-1 --no-tty -- env'];
}
