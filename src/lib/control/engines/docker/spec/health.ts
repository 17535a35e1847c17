import type { HealthCheck, Service } from '../../../../compose/project.js';
import { formatDurationNs, parseDurationNs } from '../../../../compose/duration.js';
import { atLeast, type ApiVersion } from '../../engine-api/version.js';
import { given, numberIn, said, textsIn, type Tree } from './reading.js';

const durations = [
  ['interval', 'Interval'],
  ['timeout', 'Timeout'],
  ['start_period', 'StartPeriod'],
  ['start_interval', 'StartInterval'],
] as const;

/**
 * `Healthcheck` of a container (Engine API 1.41: nanoseconds; what is left out, or 0, is the image's). Undefined where
 * the service says nothing of it.
 */
export function healthMember({ healthcheck }: Service, version: ApiVersion): Tree | undefined {
  if (healthcheck === undefined) return undefined;
  if (healthcheck.disable === true) return { Test: ['NONE'] };
  const times = durations
    .filter(([key]) => key !== 'start_interval' || atLeast(version, [1, 44]))
    .map(([key, name]): [string, unknown] => [name, nanoseconds(healthcheck[key])]);
  return given({ Test: healthcheck.test, Retries: healthcheck.retries, ...Object.fromEntries(times) });
}

function nanoseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : Number(parseDurationNs(duration));
}

/** The way back: what of a container's health check is not the image's. */
export function healthcheckOf(own: Tree, image: Tree): HealthCheck | undefined {
  const test = textsIn(own, 'Test') ?? [];
  const isImages = test.join('\0') === (textsIn(image, 'Test') ?? []).join('\0');
  if (test[0] === 'NONE') return isImages ? undefined : { disable: true };
  const different = (key: string): number | undefined => {
    const value = numberIn(own, key);
    return value === undefined || value === 0 || value === numberIn(image, key) ? undefined : value;
  };
  const times = durations.flatMap(([key, name]): [string, unknown][] => {
    const value = different(name);
    return value === undefined ? [] : [[key, formatDurationNs(BigInt(value))]];
  });
  const check = said({ test: isImages ? [] : test, retries: different('Retries'), ...Object.fromEntries(times) });
  return Object.keys(check).length === 0 ? undefined : check;
}

/** `StopTimeout`: whole seconds, rounded up so that nobody gets less than was asked for. */
export function stopSeconds({ stop_grace_period: period }: Service): number | undefined {
  return period === undefined ? undefined : Math.ceil(Number(parseDurationNs(period)) / 1e9);
}

/** The way back. */
export function gracePeriodOf(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : formatDurationNs(BigInt(seconds) * 1_000_000_000n);
}
