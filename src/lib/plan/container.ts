import { NotFoundError, RefusedError } from '../port/errors.js';
import { asObserved } from './desired.js';
import type { ContainerIntent } from './intent.js';
import { member } from './member.js';
import type { Observation } from './plan.js';
import { checkScalable, liveStack } from './preconditions.js';
import { overlayStep } from './release.js';
import type { ContainerCommand } from './resources.js';
import { applyStep, convergeStep } from './rollout.js';
import { type ObservedService, type Plan, type Step, StepList } from './steps.js';

/** Does something to one container, and waits for its service where it should run afterwards. */
export function planContainer(intent: ContainerIntent, seen: Observation): Plan {
  const { service: name, command, monitorMs } = intent;
  liveStack(seen);
  const observed = seen.observed.services.find((service) => service.name === name);
  if (observed === undefined) {
    throw new NotFoundError(`container ${intent.name} is gone: there is no service ${JSON.stringify(name)} any more`);
  }
  checkCommand(intent, observed, seen);
  const list = new StepList();
  if (!seen.containers.includes(intent.container)) {
    // Planned again: it has been done, but for what comes after it.
    if (command.do !== 'remove') throw new NotFoundError(`container ${intent.name} is gone`);
    list.wave(settle(observed, seen));
  } else if (command.do === 'remove') removeOne(list, intent, observed, seen);
  else list.wave([commandStep(intent)]);
  if (comesUp.has(command.do)) {
    const { unsettled, scope } = seen;
    list.wave([convergeStep(scope.stack, { services: [name], monitorMs, deploys: false }, unsettled)]);
  }
  return { steps: list.steps, notes: command.do === 'remove' ? [fewerNote(observed, seen)] : [] };
}

/** Said because it is kept: a later `up` of the same file does not bring it back. */
function fewerNote({ name, replicas }: ObservedService, { stored }: Observation): string {
  const after = member(stored?.overlays.scale ?? {}, name) ?? replicas;
  const fewer = Math.max(0, Math.min(after, replicas - 1));
  return `service ${name} is kept at ${fewer} replicas; \`service scale\` or \`stack up --reset-scale\` changes that`;
}

const comesUp: ReadonlySet<ContainerCommand['do']> = new Set(['start', 'restart', 'unpause', 'replace']);

/** @throws RefusedError for what the service does not allow. */
function checkCommand({ name, command, service }: ContainerIntent, observed: ObservedService, seen: Observation): void {
  if (command.do === 'remove') checkScalable(seen, service);
  if (observed.stopped !== true || (command.do !== 'start' && command.do !== 'restart')) return;
  throw new RefusedError(`container ${name} cannot run: service ${service} is stopped`, {
    hint: `Nothing was changed. Start it with \`berth service start ${service}.${seen.scope.stack}\`.`,
  });
}

/** The service as the overlay wants it. */
function settle(observed: ObservedService, { scope, stored }: Observation): Omit<Step, 'wave'>[] {
  const replicas = member(stored?.overlays.scale ?? {}, observed.name) ?? observed.replicas;
  if (replicas === observed.replicas) return [];
  const resource = { ...asObserved(scope, observed), replicas };
  return [applyStep({ operation: 'scale', reasons: [`replicas: ${observed.replicas} -> ${replicas}`], resource })];
}

/** One replica less, and it is this one that goes. */
function removeOne(list: StepList, intent: ContainerIntent, observed: ObservedService, seen: Observation): void {
  const { name } = observed;
  const { scope, stored } = seen;
  const replicas = Math.max(0, observed.replicas - 1);
  const reason = `${observed.replicas} -> ${replicas}`;
  const isKept = stored?.overlays.scale !== undefined && member(stored.overlays.scale, name) === replicas;
  const isDefined = Object.hasOwn(stored?.definition.services ?? {}, name);
  if (isDefined && !isKept) {
    list.wave([overlayStep(scope.stack, { [name]: replicas }, [`replicas of ${name}: ${reason}`])]);
  }
  list.wave([commandStep(intent)]);
  const resource = { ...asObserved(scope, observed), replicas };
  list.wave([applyStep({ operation: 'scale', reasons: [`replicas: ${reason}`], resource })]);
}

function commandStep({ container, name, service, command }: ContainerIntent): Omit<Step, 'wave'> {
  const operation = operations[command.do];
  return {
    id: `${operation} container ${name}`,
    operation,
    kind: 'container',
    name,
    reasons: [command.do === 'kill' ? `kill with ${command.signal}` : words[command.do]],
    body: { do: 'command', container, service, command },
  };
}

const operations = {
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  kill: 'stop',
  pause: 'stop',
  unpause: 'start',
  replace: 'restart',
  remove: 'remove',
} as const;

const words = {
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  pause: 'pause',
  unpause: 'unpause',
  replace: 'redeploy',
  remove: 'terminate',
} as const;
