import type { ServiceResource } from '../../../plan/resources.js';
import type { ServiceRecord } from './record.js';
import { isUp, type Replica } from './replica.js';

/** The containers of one slot, newest version apart. */
export interface Slot {
  readonly slot: number;
  /** The newest container of the version wanted. */
  readonly current: Replica | undefined;
  readonly old: readonly Replica[];
  /** More containers of the version wanted than one. */
  readonly spare: readonly Replica[];
}

export function isCurrent(replica: Pick<Replica, 'hash' | 'generation'>, service: ServiceResource): boolean {
  return replica.hash === service.hash && replica.generation === service.generation;
}

/**
 * By number; of the containers of the version wanted the one that runs counts, then the newest. One that was made and
 * never started is not finished: whoever made it was cut off, and what is to be copied into it may be missing.
 */
export function slotsOf({ service }: ServiceRecord, replicas: readonly Replica[]): Slot[] {
  const numbers = [...new Set(replicas.map(({ slot }) => slot))].sort((one, other) => one - other);
  return numbers.map((slot) => {
    const own = replicas.filter((replica) => replica.slot === slot && replica.state !== 'removing');
    const finished = own.filter((replica) => !isUnfinished(replica));
    const [current, ...others] = finished
      .filter((replica) => isCurrent(replica, service))
      .sort((one, other) => Number(isUp(other)) - Number(isUp(one)) || other.createdMs - one.createdMs);
    const spare = [...others, ...own.filter(isUnfinished)];
    return { slot, current, spare, old: finished.filter((replica) => !isCurrent(replica, service)) };
  });
}

function isUnfinished({ state, error }: Replica): boolean {
  return state === 'created' && error === null;
}
