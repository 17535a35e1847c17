import { UsageError } from '../port/errors.js';
import type { ScaleTarget } from '../port/services.js';

/**
 * Reads `web=3 worker=1` (Deis, Docker) or `web worker 3` (docker-cloud).
 *
 * @throws UsageError for a number that is not whole or is negative, a service named twice, or a missing number.
 */
export function parseScaleTargets(words: readonly string[]): readonly ScaleTarget[] {
  const targets = words.some((word) => word.includes('=')) ? words.map(pair) : namesThenCount(words);
  const seen = new Set<string>();
  for (const { service } of targets) {
    if (seen.has(service)) throw new UsageError(`${service} is named twice`);
    seen.add(service);
  }
  return targets;
}

function pair(word: string): ScaleTarget {
  const at = word.indexOf('=');
  if (at < 1) throw new UsageError(`${JSON.stringify(word)} is not SERVICE=N`, { hint });
  return { service: word.slice(0, at), replicas: count(word.slice(at + 1)) };
}

function namesThenCount(words: readonly string[]): readonly ScaleTarget[] {
  const last = words.at(-1);
  if (last === undefined || words.length < 2) throw new UsageError('the number of replicas is missing', { hint });
  const replicas = count(last);
  return words.slice(0, -1).map((service) => ({ service, replicas }));
}

function count(text: string): number {
  const replicas = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(replicas)) {
    throw new UsageError(`replicas must be a whole number, 0 or more; got ${JSON.stringify(text)}`, { hint });
  }
  return replicas;
}

const hint = 'Write it as `berth service scale web=3 worker=1`.';
