import type { Step } from '../../plan/steps.js';

/** What a step does and why, as a line of the action's log: `create service web (image vote:1.0, 2 replicas): new`. */
export function describeStep(step: Step): string {
  return `${describeWork(step)}: ${step.reasons.join('; ')}`;
}

function describeWork({ id, body, operation, name }: Step): string {
  switch (body.do) {
    case 'apply':
      return body.resource.kind === 'service' ? `${operation} service ${name} (${describeService(body.resource)})` : id;
    case 'gate':
      return `wait until ${body.service} ${gateWords[body.condition]}`;
    case 'gone':
      return `wait until ${body.service} is gone`;
    case 'converge':
      return `wait for ${body.services.join(', ')}`;
    default:
      return id;
  }
}

const gateWords = { started: 'has started', healthy: 'is healthy', completed: 'has completed' } as const;

function describeService({
  replicas,
  definition,
}: {
  readonly replicas: number;
  readonly definition: { readonly image?: string; readonly deploy?: { readonly mode?: string } };
}): string {
  const image = definition.image === undefined ? 'built image' : `image ${definition.image}`;
  const mode = definition.deploy?.mode;
  if (mode === 'global' || mode === 'global-job') return `${image}, on every node`;
  return `${image}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`;
}

/** What stopped a call, from the reason of its signal: `interrupted by SIGINT`. */
export function describeAbort(signal: AbortSignal): string {
  const reason: unknown = signal.reason;
  if (typeof reason === 'string' && reason !== '') return `interrupted by ${reason}`;
  if (reason instanceof Error && reason.name !== 'AbortError' && reason.message !== '') return reason.message;
  return 'interrupted';
}
