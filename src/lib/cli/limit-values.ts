import { parseSizeBytes } from '../compose/size.js';
import { UsageError } from '../port/errors.js';
import type { LimitChange } from '../port/limits.js';

export type LimitedResource = 'memory' | 'cpu';

/**
 * Limits from words `TYPE=LIMIT`.
 *
 * Memory is a size with a unit, in powers of 1024: `512M`, `1G`, `256MB`, `1024B`. CPU is a whole number of shares from 0
 * to 1024, as Deis has them, or cores as `0.5` or `500m`.
 *
 * @throws UsageError for a word of another form, or a type named twice.
 */
export function parseLimits(
  words: readonly string[],
  resource: LimitedResource,
): Readonly<Record<string, LimitChange>> {
  const parse = resource === 'memory' ? memoryLimit : cpuLimit;
  const limits = new Map<string, LimitChange>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) throw new UsageError(`${JSON.stringify(word)} is not TYPE=LIMIT`, { hint: hints[resource] });
    const type = word.slice(0, at);
    if (limits.has(type)) throw new UsageError(`${type} is named twice`);
    const limit = parse(word.slice(at + 1));
    if (limit === undefined) {
      throw new UsageError(`${JSON.stringify(word)}: this is no limit of ${resource}`, { hint: hints[resource] });
    }
    limits.set(type, limit);
  }
  return Object.fromEntries(limits);
}

/** What lifts the limit of each type. @throws UsageError for a type named twice. */
export function liftedLimits(
  types: readonly string[],
  resource: LimitedResource,
): Readonly<Record<string, LimitChange>> {
  const lifted: LimitChange = resource === 'memory' ? { memoryBytes: null } : { cpus: null, cpuShares: null };
  const twice = types.find((type, index) => types.indexOf(type) < index);
  if (twice !== undefined) throw new UsageError(`${twice} is named twice`);
  return Object.fromEntries(types.map((type) => [type, lifted]));
}

const hints: Readonly<Record<LimitedResource, string>> = {
  memory: 'Write it as web=512M, with a unit: B, K, M or G.',
  cpu: 'Write shares as web=512 (0 to 1024), or cores as web=0.5 or web=500m.',
};

function memoryLimit(text: string): LimitChange | undefined {
  if (!/^\d+(\.\d+)?([bkmgt]|[kmgt]i?b)$/i.test(text)) return undefined;
  const memoryBytes = parseSizeBytes(text);
  return memoryBytes > 0 && Number.isSafeInteger(memoryBytes) ? { memoryBytes } : undefined;
}

function cpuLimit(text: string): LimitChange | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= 1024 ? { cpuShares: Number(text) } : undefined;
  const [, cores, millicores] = /^(?:(\d*\.\d+)|(\d+)m)$/.exec(text) ?? [];
  const cpus = cores === undefined ? Number(millicores) / 1000 : Number(cores);
  return cpus > 0 && Number.isFinite(cpus) ? { cpus } : undefined;
}
