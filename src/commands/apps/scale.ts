import { ScaleAppCommand } from '../../lib/cli/scale-app-command.js';

export default class AppsScale extends ScaleAppCommand {
  static override summary = 'Set the number of replicas of process types of an app';
  static override usage = ['apps scale [FLAGS] TYPE=N [TYPE=N ...]'];
  static override examples = [
    '<%= config.bin %> apps scale web=4 worker=2',
    '<%= config.bin %> apps scale -a voting-app vote=4 --no-wait',
  ];
}
