import { serviceEnvVerb } from '../../../lib/cli/service-env-command.js';

export default class ServiceEnvUpdate extends serviceEnvVerb({ expect: 'existing' }) {
  static override summary = 'Give variables of services new values';
  static override description =
    'Refused for a service that lacks one of them. ' + 'What runs sees it when it is redeployed.';
  static override examples = [
    '<%= config.bin %> service env update vote -e DEBUG=1 -e MODE=test',
    '<%= config.bin %> service env update vote.voting-app worker.voting-app --env-file secrets.env --redeploy',
  ];
}
