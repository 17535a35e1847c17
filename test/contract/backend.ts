import { describe, vi } from 'vitest';
import { capabilitiesContract } from './facets/capabilities.js';
import { actionsContract } from './facets/actions.js';
import { appsContract } from './facets/apps.js';
import { configContract } from './facets/config.js';
import { containersContract } from './facets/containers.js';
import { containerVerbsContract } from './facets/container-verbs.js';
import { eventsContract } from './facets/events.js';
import { isolationContract } from './facets/isolation.js';
import { limitsContract } from './facets/limits.js';
import { lockContract } from './facets/lock.js';
import { logsContract } from './facets/logs.js';
import { lookupContract } from './facets/lookup.js';
import { placementContract } from './facets/placement.js';
import { releasesContract } from './facets/releases.js';
import { rolloutContract } from './facets/rollout.js';
import { serviceVerbsContract } from './facets/service-verbs.js';
import { servicesContract } from './facets/services.js';
import { stackVerbsContract } from './facets/stack-verbs.js';
import { stacksContract } from './facets/stacks.js';
import { standaloneContract } from './facets/standalone.js';
import { upOptionsContract } from './facets/up-options.js';
import { verdictContract } from './facets/verdict.js';
import type { Subject } from './subject.js';

/**
 * The contract of the port, for a backend of any kind: what it offers has to behave as `src/lib/port` says. Verbs that
 * it does not offer are skipped by name; which those are is held by its `capabilities.<slug>.json`.
 */
export function backendContract(subject: Subject): void {
  vi.setConfig({ maxConcurrency: subject.lanes });
  describe.concurrent(subject.name, () => {
    capabilitiesContract(subject);
    stacksContract(subject);
    appsContract(subject);
    upOptionsContract(subject);
    stackVerbsContract(subject);
    rolloutContract(subject);
    verdictContract(subject);
    servicesContract(subject);
    serviceVerbsContract(subject);
    standaloneContract(subject);
    containersContract(subject);
    containerVerbsContract(subject);
    logsContract(subject);
    configContract(subject);
    limitsContract(subject);
    placementContract(subject);
    releasesContract(subject);
    actionsContract(subject);
    lockContract(subject);
    eventsContract(subject);
    lookupContract(subject);
    isolationContract(subject);
  });
}
