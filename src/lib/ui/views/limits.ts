import type { ServiceLimits } from '../../port/limits.js';
import { list, mutation } from '../result.js';

export const limitList = list<ServiceLimits>({
  columns: [
    { header: 'type', value: (limits) => limits.service, shrink: 'name' },
    { header: 'memory', value: (limits) => sizeText(limits.memoryBytes), align: 'right' },
    { header: 'cpus', value: (limits) => limits.cpus, align: 'right' },
    { header: 'cpu shares', value: (limits) => limits.cpuShares, align: 'right' },
    {
      header: 'memory reservation',
      value: (limits) => sizeText(limits.memoryReservationBytes),
      wide: true,
      align: 'right',
    },
    { header: 'cpu reservation', value: (limits) => limits.cpuReservation, wide: true, align: 'right' },
  ],
  id: (limits) => limits.service,
  name: (limits) => limits.service,
  empty: 'No limits.',
});

/** `512M`, `1G`: as `limits set` takes it, and exact. */
function sizeText(bytes: number | null): string | null {
  if (bytes === null) return null;
  const units = ['B', 'K', 'M', 'G', 'T'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && value % 1024 === 0 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value}${units[unit] ?? ''}`;
}

/** Limits have no names of their own: what is told of a change is the action that made it. */
export const limitsMutation = mutation<readonly ServiceLimits[]>({ subjects: () => [] });
