import { serviceEnvVerb } from '../../../lib/cli/service-env-command.js';

export default class ServiceEnvSet extends serviceEnvVerb({ replace: true }) {
  static override summary = 'Replace the variables of services';
  static override description = 'Those that are not named go away. ' + 'What runs sees it when it is redeployed.';
  static override examples = [
    '<%= config.bin %> service env set vote -e DEBUG=1 -e MODE=test',
    '<%= config.bin %> service env set vote.voting-app worker.voting-app --env-file secrets.env --redeploy',
  ];
}
