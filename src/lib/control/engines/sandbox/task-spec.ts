import type { HealthCheck, Service } from '../../../compose/project.js';
import { isJob, resourcesOf } from '../../../plan/desired.js';
import { imageOf } from '../../../plan/image.js';
import { durationMs } from '../duration.js';
import { type Fault, faultsOf, parseOwnFault } from './faults.js';
import type { ServiceState, TaskSpec, WantedPort } from './state.js';

/** What a replica of the service is made from, now. */
export function taskSpec(service: ServiceState, slot: number): TaskSpec {
  const { definition } = service;
  const image = imageOf(service.stack, service.name, definition);
  const placement = definition.deploy?.placement;
  return {
    image,
    command: definition.command == null ? null : definition.command.join(' '),
    restart: restartOf(definition),
    health: healthOf(definition.healthcheck),
    graceMs: durationMs(definition.stop_grace_period, 10_000),
    completes: service.completes || isJob(definition),
    ports: wantedPorts(definition),
    constraints: [...(placement?.constraints ?? [])],
    spread: (placement?.preferences ?? []).flatMap(({ spread }) => (spread === undefined ? [] : [spread])),
    maxPerNode: placement?.max_replicas_per_node ?? 0,
    uses: resourcesOf(definition),
    faults: faultsOf([...ownFaults(definition), ...service.faults], {
      service: service.name,
      stack: service.stack,
      slot,
      image,
    }),
  };
}

/**
 * The faults that the file itself asks for: `x-berth: { sandbox: 'exit=0,after=2s' }`, or a list of such.
 *
 * @param where the attribute's path, for the message.
 * @throws UsageError when it is not that.
 */
export function ownFaults(definition: Service, where = 'x-berth.sandbox'): Fault[] {
  const given = definition['x-berth']?.['sandbox'];
  const texts = Array.isArray(given) ? given : given === undefined ? [] : [given];
  return texts.map((text) => parseOwnFault(typeof text === 'string' ? text : JSON.stringify(text), where));
}

/** `deploy.restart_policy`, else `restart`, else never: Compose's default. A job that completed is never restarted. */
function restartOf(definition: Service): TaskSpec['restart'] {
  const policy = definition.deploy?.restart_policy;
  const [word = '', count] = (definition.restart ?? 'no').split(':');
  const fromKey = word === 'always' || word === 'unless-stopped' ? 'any' : word === 'on-failure' ? word : 'none';
  const condition = policy === undefined ? fromKey : (policy.condition ?? 'any');
  return {
    condition: isJob(definition) && condition === 'any' ? 'on-failure' : condition,
    delayMs: durationMs(policy?.delay, 0),
    maxAttempts: policy === undefined ? Number(count ?? 0) : (policy.max_attempts ?? 0),
    windowMs: durationMs(policy?.window, 0),
  };
}

/** Docker's defaults: interval 30s, 3 retries, start_interval 5s, used only where there is a start_period. */
function healthOf(check: HealthCheck | undefined): TaskSpec['health'] {
  const none = check?.disable === true || check?.test === undefined || check.test[0] === 'NONE';
  if (check === undefined || none) return null;
  const intervalMs = durationMs(check.interval, 30_000);
  const startPeriodMs = durationMs(check.start_period, 0);
  return {
    firstMs: startPeriodMs > 0 ? Math.min(durationMs(check.start_interval, 5_000), intervalMs) : intervalMs,
    startPeriodMs,
    intervalMs,
    retries: check.retries ?? 3,
  };
}

function wantedPorts(definition: Service): WantedPort[] {
  const published = (definition.ports ?? []).map((port): WantedPort => ({
    mode: port.mode ?? 'ingress',
    target: port.target,
    published: port.published ?? null,
    hostIp: port.host_ip ?? null,
    protocol: port.protocol ?? 'tcp',
  }));
  const exposed = (definition.expose ?? []).flatMap((text): WantedPort[] => {
    const [, number, protocol] = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
    if (number === undefined) return [];
    const known = protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp';
    return [{ mode: 'exposed', target: Number(number), published: null, hostIp: null, protocol: known }];
  });
  return [...published, ...exposed];
}
