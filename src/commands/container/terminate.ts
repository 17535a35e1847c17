import { terminateVerb } from '../../lib/cli/name-verbs.js';
import { containerNoun } from '../../lib/cli/nouns.js';

export default class ContainerTerminate extends terminateVerb(containerNoun) {
  static override summary = 'Stop and remove containers';
  static override description =
    'The service has one replica fewer afterwards. That number is kept over later `stack up`s, as one set by `service ' +
    'scale` is; `stack up --reset-scale` takes it back. To replace a container: `container redeploy`.';
  static override examples = [
    '<%= config.bin %> container terminate vote-1',
    '<%= config.bin %> container terminate vote-1.voting-app vote-2.voting-app --yes',
  ];
}
