import type { ContainerCommand, ServiceResource } from '../../plan/resources.js';
import { isGlobal } from '../../plan/desired.js';
import type { Step } from '../../plan/steps.js';
import { ConflictError } from '../../port/errors.js';

/** What a step does and why, as a line of the action's log: `create service web (image vote:1.0, 2 replicas): new`. */
export function describeStep(step: Step): string {
  return `${describeWork(step)}: ${step.reasons.join('; ')}`;
}

function describeWork({ id, body, operation, name }: Step): string {
  switch (body.do) {
    case 'apply':
      return body.resource.kind === 'service' ? `${operation} service ${name} (${describeService(body.resource)})` : id;
    case 'adopt':
      return `adopt service ${name} (${describeService(body.resource)})`;
    case 'gate':
      return `wait until ${body.service} ${gateWords[body.condition]}`;
    case 'gone':
      return `wait until ${body.service} is gone`;
    case 'converge':
      return body.services.length === 0 ? id : `wait for ${body.services.join(', ')}`;
    case 'command':
      return `${commandWords(body.command)} container ${name}`;
    default:
      return id;
  }
}

const gateWords = { started: 'has started', healthy: 'is healthy', completed: 'has completed' } as const;

function describeService({ replicas, definition, stopped }: ServiceResource): string {
  const image = definition.image === undefined ? 'built image' : `image ${definition.image}`;
  const state = stopped === true ? ', stopped' : '';
  if (isGlobal(definition)) return `${image}, on every node${state}`;
  return `${image}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}${state}`;
}

function commandWords(command: ContainerCommand): string {
  return command.do === 'kill' ? `send ${command.signal} to` : command.do;
}

/** For a runner whose epoch is over: it must stop, and touch nothing more. */
export function actionLost(id: string): ConflictError {
  return new ConflictError(`action ${id} is run by another process now, or was ended by one`, {
    hint: `See \`berth action inspect ${id}\`.`,
  });
}

/** Why a canceled action has ended. */
export function cancelReason(user: string): string {
  return `canceled by ${user}`;
}

/** What stopped a call, from the reason of its signal: `interrupted by SIGINT`. */
export function describeAbort(signal: AbortSignal): string {
  const reason: unknown = signal.reason;
  if (typeof reason === 'string' && reason !== '') return `interrupted by ${reason}`;
  if (reason instanceof Error && reason.name !== 'AbortError' && reason.message !== '') return reason.message;
  return 'interrupted';
}
