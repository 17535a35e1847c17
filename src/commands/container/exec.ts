import { ExecCommand } from '../../lib/cli/exec-command.js';

export default class ContainerExec extends ExecCommand {
  static override summary = 'Run a command in a container';
  static override description =
    'Exits with what the command exits with. The first word after CONTAINER begins the command, which takes all that ' +
    'follows; a command that begins with - needs -- before it. With --json, output is an object a line, and the last one ' +
    'is the exit code.';
  static override usage = ['container exec [FLAGS] CONTAINER [COMMAND...]'];
  static override examples = [
    '<%= config.bin %> container exec vote-1',
    '<%= config.bin %> container exec vote-1.voting-app ls -l /srv',
    "<%= config.bin %> container exec -u nobody -e DEBUG=1 vote-1 -- sh -c 'echo $DEBUG'",
  ];
}
