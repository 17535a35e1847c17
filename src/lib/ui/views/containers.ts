import type { Container } from '../../port/containers.js';
import { jsonLine } from '../document.js';
import { detail, list, mutations, type View } from '../result.js';
import { portText } from './services.js';

/** `Running (healthy)`, `Stopped (1)`. */
function statusText(container: Container): string {
  if (container.state === 'Running' && container.health !== null) return `${container.state} (${container.health})`;
  if (container.exitCode !== null) return `${container.state} (${container.exitCode})`;
  return container.state;
}

export const containerList = list<Container>({
  columns: [
    { header: 'name', value: (container) => container.name, shrink: 'name' },
    { header: 'id', value: (container) => ({ id: container.id }) },
    { header: 'status', value: (container) => ({ state: statusText(container) }), shrink: 'state' },
    { header: 'image', value: (container) => container.image, shrink: true },
    { header: 'command', value: (container) => container.command, wide: true, shrink: true },
    { header: 'restarts', value: (container) => container.restarts, wide: true, align: 'right' },
    { header: 'started', value: (container) => ({ age: container.startedAt }), wide: true },
    { header: 'ports', value: (container) => container.ports.map(portText), shrink: true },
    { header: 'node', value: (container) => container.node, shrink: true },
    { header: 'message', value: (container) => container.message, wide: true, shrink: true },
    { header: 'stack', value: (container) => container.stack, shrink: true },
  ],
  id: (container) => container.id,
  name: fullName,
  empty: 'No containers.',
});

export const containerDetail = detail<Container>({
  fields: [
    { header: 'name', value: (container) => container.name },
    { header: 'id', value: (container) => ({ id: container.id }) },
    { header: 'service', value: (container) => container.service },
    { header: 'stack', value: (container) => container.stack },
    { header: 'status', value: (container) => ({ state: statusText(container) }) },
    { header: 'health', value: (container) => container.health },
    { header: 'exit code', value: (container) => container.exitCode },
    { header: 'message', value: (container) => container.message },
    { header: 'restarts', value: (container) => container.restarts },
    { header: 'image', value: (container) => container.image },
    { header: 'command', value: (container) => container.command },
    { header: 'node', value: (container) => container.node },
    { header: 'ports', value: (container) => container.ports.map(portText) },
    { header: 'created', value: (container) => ({ age: container.createdAt }) },
    { header: 'started', value: (container) => ({ age: container.startedAt }) },
    { header: 'stopped', value: (container) => ({ age: container.stoppedAt }) },
  ],
  id: (container) => container.id,
  name: (container) => container.name,
});

/** `vote-1.voting-app`: the name that finds it and no other. */
function fullName({ name, stack }: Container): string {
  return stack === null ? name : `${name}.${stack}`;
}

export const containerMutations = mutations<Container>({
  subjects: (container) => [{ id: container.id, name: fullName(container) }],
});

/** What a command in a container ended with. */
export interface Executed {
  /** Null where the platform does not tell. */
  readonly exitCode: number | null;
}

/** The command's output is shown as it comes; what is left is how it ended. */
export function isExecuted(result: unknown): result is Executed {
  return typeof result === 'object' && result !== null && 'exitCode' in result && !('action' in result);
}

export const executed: View<Executed> = {
  check: () => undefined,
  async show({ exitCode }, { flags, stdout }) {
    if (flags.format.kind === 'json') await stdout.write(jsonLine({ exitCode }));
  },
};
