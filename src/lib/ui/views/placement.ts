import type { Placement } from '../../port/placement.js';
import { list, mutation } from '../result.js';

/** A label that nodes must have. */
export interface PlacementLabel {
  readonly key: string;
  readonly value: string;
}

export const placementList = list<PlacementLabel>({
  columns: [
    { header: 'key', value: (label) => label.key, shrink: 'name' },
    { header: 'value', value: (label) => label.value, shrink: true },
  ],
  id: (label) => label.key,
  name: (label) => `${label.key}=${label.value}`,
  empty: 'No tags: every node may run it.',
});

/** Tags have no names of their own: what is told of a change is the action that made it. */
export const placementMutation = mutation<Placement>({ subjects: () => [] });
