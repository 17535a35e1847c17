import { liftedLimits } from '../../lib/cli/limit-values.js';
import { limitsVerb } from '../../lib/cli/limits-command.js';

export default class LimitsUnset extends limitsVerb({ name: 'type', description: 'Process types.' }, liftedLimits) {
  static override summary = 'Lift limits of process types';
  static override examples = [
    '<%= config.bin %> limits unset web worker',
    '<%= config.bin %> limits unset -a voting-app --cpu vote',
  ];
}
