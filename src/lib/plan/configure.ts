import type { Project } from '../compose/project.js';
import { ConflictError, NotFoundError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import type { ConfigureIntent } from './intent.js';
import { limitKeys, limitsIn } from './limits.js';
import { member } from './member.js';
import { configOf, type ReleaseOverlays } from './overlays.js';
import type { Observation } from './plan.js';
import { checkServices, inStack, liveStack } from './preconditions.js';
import { releaseOverlays } from './release.js';
import type { Plan } from './steps.js';
import { deployed, planNext } from './update.js';

/** Changes what is laid over environment, limits and placement, as one release, and with `redeploy` replaces what runs. */
export function planConfigure(intent: ConfigureIntent, seen: Observation): Plan {
  const stored = liveStack(seen);
  const { definition } = stored;
  const all = Object.keys(definition.services);
  const named = [...(intent.service === null ? [] : [intent.service]), ...Object.keys(intent.limits)];
  checkServices(named, all, inStack(seen));
  const before = releaseOverlays(stored);
  checkExpected(intent, definition, before);

  const overlays: ReleaseOverlays = {
    config: nextConfig(intent, definition, before),
    limits: nextLimits(intent.limits, definition, before),
    placement: nextPlacement(intent.placement, before),
  };
  const services = deployed(seen, concerned(intent, all));
  return planNext(seen, stored, { definition, overlays }, { ...intent, services });
}

/** Services that are not as they should be once the overlays are laid. */
function concerned({ service, values, replace, limits, placement }: ConfigureIntent, all: readonly string[]): string[] {
  if (Object.keys(placement).length > 0) return [...all];
  const configured = replace || Object.keys(values).length > 0;
  const own = !configured ? [] : service === null ? all : [service];
  return [...new Set([...own, ...Object.keys(limits)])];
}

/** All or nothing: the first that is not as expected ends it. */
function checkExpected(
  { service, values, expect }: ConfigureIntent,
  definition: Project,
  overlays: ReleaseOverlays,
): void {
  if (expect === null) return;
  const there = configOf(definition, overlays, service).map(({ key }) => key);
  const whose = service === null ? 'the stack' : `service ${service}`;
  const keys = Object.keys(values).sort();
  const wrong = keys.filter((key) => there.includes(key) === (expect === 'new'));
  const [first] = wrong;
  if (first === undefined) return;
  if (expect === 'new') {
    throw new ConflictError(`${wrong.join(', ')} ${wrong.length === 1 ? 'is' : 'are'} set already in ${whose}`, {
      hint: 'Nothing was changed. Update what is there, or name other variables.',
    });
  }
  const suggestion = nearest(first, there);
  throw new NotFoundError(`no ${wrong.join(', ')} in the environment of ${whose}`, {
    hint: suggestion === undefined ? 'Nothing was changed.' : `Nothing was changed. Did you mean ${suggestion}?`,
  });
}

function nextConfig(
  { service, values, replace }: ConfigureIntent,
  definition: Project,
  { config }: ReleaseOverlays,
): ReleaseOverlays['config'] {
  const target = service ?? '';
  const beneath = keysBeneath(service, definition, config);
  const before = member(config, target) ?? {};
  const dropped = replace ? [...beneath, ...Object.keys(before)].filter((key) => !Object.hasOwn(values, key)) : [];
  const changed = new Map<string, string | null>([
    ...Object.entries(before),
    ...dropped.map((key) => [key, null] as const),
    ...Object.entries(values),
  ]);
  const unset = new Set([...dropped, ...Object.keys(values).filter((key) => member(values, key) === null)]);
  // A mask is only kept where there is something to hide.
  const next = [...changed].filter(([key]) => !unset.has(key) || beneath.has(key));
  return withEntry(config, target, Object.fromEntries(next));
}

/** Variables that would be there if the overlay of the target did not name them. */
function keysBeneath(
  service: string | null,
  { services }: Project,
  config: ReleaseOverlays['config'],
): ReadonlySet<string> {
  const definitions = service === null ? Object.values(services) : [member(services, service) ?? {}];
  const inherited = service === null ? {} : (member(config, '') ?? {});
  return new Set([
    ...definitions.flatMap((definition) => Object.keys(definition.environment ?? {})),
    ...Object.entries(inherited).flatMap(([key, value]) => (value === null ? [] : [key])),
  ]);
}

/** Lifting is only kept for a limit that the definition has. */
function nextLimits(
  changes: ConfigureIntent['limits'],
  { services }: Project,
  { limits }: ReleaseOverlays,
): ReleaseOverlays['limits'] {
  return Object.entries(changes).reduce((result, [service, change]) => {
    const merged = { ...member(result, service), ...change };
    const defined = limitsIn(service, member(services, service) ?? {});
    const kept = limitKeys.flatMap((key) => {
      const value = merged[key];
      return value === undefined || (value === null && defined[key] === null) ? [] : [[key, value] as const];
    });
    return withEntry(result, service, Object.fromEntries(kept));
  }, limits);
}

function nextPlacement(
  changes: ConfigureIntent['placement'],
  { placement }: ReleaseOverlays,
): ReleaseOverlays['placement'] {
  const merged = Object.entries({ ...placement, ...changes });
  return Object.fromEntries(
    merged.flatMap(([label, value]): [string, string][] => (value === null ? [] : [[label, value]])),
  );
}

/** The record with that entry, or without it where it is empty. */
function withEntry<T extends object>(
  record: Readonly<Record<string, T>>,
  name: string,
  entry: T,
): Readonly<Record<string, T>> {
  const others = Object.entries(record).filter(([other]) => other !== name);
  const own: [string, T][] = Object.keys(entry).length === 0 ? [] : [[name, entry]];
  return Object.fromEntries([...others, ...own]);
}
