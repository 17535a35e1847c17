import { describe } from 'vitest';
import { capabilitiesContract } from './facets/capabilities.js';
import { actionsContract } from './facets/actions.js';
import { containersContract } from './facets/containers.js';
import { isolationContract } from './facets/isolation.js';
import { logsContract } from './facets/logs.js';
import { lookupContract } from './facets/lookup.js';
import { rolloutContract } from './facets/rollout.js';
import { servicesContract } from './facets/services.js';
import { stacksContract } from './facets/stacks.js';
import type { Subject } from './subject.js';

/**
 * The contract of the port, for a backend of any kind: what it offers has to behave as `src/lib/port` says. Verbs that
 * it does not offer are skipped by name; which those are is held by its `capabilities.<slug>.json`.
 */
export function backendContract(subject: Subject): void {
  // Most of their time goes to waiting.
  describe.concurrent(subject.name, () => {
    capabilitiesContract(subject);
    stacksContract(subject);
    rolloutContract(subject);
    servicesContract(subject);
    containersContract(subject);
    logsContract(subject);
    actionsContract(subject);
    lookupContract(subject);
    isolationContract(subject);
  });
}
