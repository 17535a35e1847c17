import { parseLimits } from '../../lib/cli/limit-values.js';
import { limitsVerb } from '../../lib/cli/limits-command.js';

export default class LimitsSet extends limitsVerb({ name: 'limit', description: 'TYPE=LIMIT.' }, parseLimits) {
  static override summary = 'Limit what each replica of a process type may use';
  static override description =
    'Memory has a unit (512M, 1G, 256MB, 1024B; powers of 1024). CPU is a whole number of shares from 0 to 1024, a ' +
    'relative weight, or a number of cores with a point or an m (0.5, 1.0, 500m). All of them or none.';
  static override examples = [
    '<%= config.bin %> limits set web=512M worker=1G',
    '<%= config.bin %> limits set -a voting-app --cpu vote=500m',
  ];
}
