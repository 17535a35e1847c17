import { serviceEnvVerb } from '../../../lib/cli/service-env-command.js';

export default class ServiceEnvAdd extends serviceEnvVerb({ expect: 'new' }) {
  static override summary = 'Add variables to services';
  static override description =
    'Refused for a service that has one of them already. ' + 'What runs sees it when it is redeployed.';
  static override examples = [
    '<%= config.bin %> service env add vote -e DEBUG=1 -e MODE=test',
    '<%= config.bin %> service env add vote.voting-app worker.voting-app --env-file secrets.env --redeploy',
  ];
}
