import { ScaleAppCommand } from '../../lib/cli/scale-app-command.js';

export default class PsScale extends ScaleAppCommand {
  static override summary = 'Set the number of replicas of process types of an app';
  static override usage = ['ps scale [FLAGS] TYPE=N [TYPE=N ...]'];
  static override examples = [
    '<%= config.bin %> ps scale web=4 worker=2',
    '<%= config.bin %> ps scale -a voting-app vote=4 --no-wait',
  ];
}
