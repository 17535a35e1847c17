import { UsageError } from '../port/errors.js';
import type { ScaleTarget } from '../port/services.js';

/** Where the words stand, for messages. */
export interface ScaleLine {
  /** The command as typed: `ps scale`. */
  readonly command: string;
  /** What a target is called: `TYPE`. */
  readonly target: string;
}

/**
 * Reads `web=3 worker=1` (Deis, Docker) or `web worker 3` (docker-cloud).
 *
 * @throws UsageError for a number that is not whole or is negative, a service named twice, or a missing number.
 */
export function parseScaleTargets(words: readonly string[], line: ScaleLine): readonly ScaleTarget[] {
  const hasPairs = words.some((word) => word.includes('='));
  const targets = hasPairs ? words.map((word) => pair(word, line)) : namesThenCount(words, line);
  const seen = new Set<string>();
  for (const { service } of targets) {
    if (seen.has(service)) throw new UsageError(`${service} is named twice`);
    seen.add(service);
  }
  return targets;
}

function pair(word: string, line: ScaleLine): ScaleTarget {
  const at = word.indexOf('=');
  if (at < 1) throw new UsageError(`${JSON.stringify(word)} is not ${line.target}=N`, hintOf(line));
  return { service: word.slice(0, at), replicas: count(word.slice(at + 1), line) };
}

function namesThenCount(words: readonly string[], line: ScaleLine): readonly ScaleTarget[] {
  const last = words.at(-1);
  if (last === undefined || words.length < 2) throw new UsageError('the number of replicas is missing', hintOf(line));
  const replicas = count(last, line);
  return words.slice(0, -1).map((service) => ({ service, replicas }));
}

function count(text: string, line: ScaleLine): number {
  const replicas = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(replicas)) {
    const message = `replicas must be a whole number, 0 or more; got ${JSON.stringify(text)}`;
    throw new UsageError(message, hintOf(line));
  }
  return replicas;
}

function hintOf({ command }: ScaleLine): { readonly hint: string } {
  return { hint: `Write it as \`berth ${command} web=3 worker=1\`.` };
}
