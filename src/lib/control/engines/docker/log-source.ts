import type { Engine, TaskFilter } from '../engine.js';
import type { LoggedContainer } from './logs-decode.js';
import { type ServiceParts, seenContainers } from './services.js';

/** The containers of a filter, as those whose lines are read. */
export async function loggedContainers(
  parts: ServiceParts,
  filter: Parameters<Engine['logs']>[0] & TaskFilter,
  signal: AbortSignal,
): Promise<LoggedContainer[]> {
  const { container, service } = filter;
  const seen = await seenContainers(parts, filter, signal);
  return seen.flatMap(({ facts, place }): LoggedContainer[] => {
    const name = `${place.service}-${place.slot}`;
    if (service !== undefined && place.service !== service) return [];
    if (container !== undefined && facts.id !== container && name !== container) return [];
    const running = facts.state === 'running' || facts.state === 'paused' || facts.state === 'restarting';
    return [{ id: facts.id, name, service: place.service, stack: place.stack, tty: facts.tty, running }];
  });
}
