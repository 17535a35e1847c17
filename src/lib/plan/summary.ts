import type { Project, Service } from '../compose/project.js';
import { definedReplicas, isGlobal } from './desired.js';
import { stableJson, withoutNulls } from './hash.js';
import { member } from './member.js';
import type { ReleaseOverlays } from './overlays.js';
import { changes } from './reasons.js';

/** What a release says, as far as its summary goes. */
export interface ReleaseContent {
  readonly definition: Project;
  readonly overlays: ReleaseOverlays;
}

/** A summary stays within this many characters. */
const longest = 120;

/**
 * What changed between two releases, on one line of at most 120 characters, without secrets: `changed web (image:
 * a:1 -> a:2), added worker`. `before` null: the first.
 */
export function summarise(before: ReleaseContent | null, after: ReleaseContent): string {
  if (before === null) {
    const names = Object.keys(after.definition.services).sort();
    return names.length === 0 ? 'created without services' : `created with ${fold(names, longest - 13)}`;
  }
  const parts = [
    ...serviceParts(before.definition.services, after.definition.services),
    ...sectionParts(before.definition, after.definition),
    ...overlayParts(before.overlays, after.overlays, after.definition),
  ];
  return parts.length === 0 ? 'the same again' : fold(parts, longest);
}

function serviceParts(
  before: Readonly<Record<string, Service>>,
  after: Readonly<Record<string, Service>>,
): readonly string[] {
  const changed: string[] = [];
  const added: string[] = [];
  const removed: string[] = [];
  for (const name of namesOf(before, after)) {
    const [old, wanted] = [member(before, name), member(after, name)];
    if (old === undefined) added.push(name);
    else if (wanted === undefined) removed.push(name);
    else changed.push(...servicePart(name, old, wanted));
  }
  return [...changed, ...worded('added', added), ...worded('removed', removed)];
}

function servicePart(name: string, before: Service, after: Service): string[] {
  if (same(withoutNulls(before), withoutNulls(after))) return [];
  const [old, wanted] = [definedReplicas(before), definedReplicas(after)];
  const reasons = [
    ...changes(before, after),
    ...(old === wanted || isGlobal(after) ? [] : [`replicas: ${old} -> ${wanted}`]),
    ...(['depends_on', 'profiles'] as const).flatMap((key) =>
      same(before[key], after[key]) ? [] : [`${key} changed`],
    ),
  ];
  return [reasons.length === 0 ? `changed ${name}` : `changed ${name} (${fold(reasons, 60)})`];
}

function sectionParts(before: Project, after: Project): string[] {
  const sections = namesOf(before, after).filter((name) => name !== 'services' && name !== 'name');
  const [old, wanted] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return worded(
    'changed',
    sections.filter((section) => !same(old.get(section), wanted.get(section))),
  );
}

function overlayParts(before: ReleaseOverlays, after: ReleaseOverlays, definition: Project): string[] {
  const config = namesOf(before.config, after.config).flatMap((service) =>
    configParts(service, member(before.config, service) ?? {}, member(after.config, service) ?? {}, definition),
  );
  const limits = namesOf(before.limits, after.limits).filter(
    (service) => !same(member(before.limits, service), member(after.limits, service)),
  );
  const labels = namesOf(before.placement, after.placement).filter(
    (label) => member(before.placement, label) !== member(after.placement, label),
  );
  const set = labels.flatMap((label) => {
    const value = member(after.placement, label);
    return value === undefined ? [] : [`${label}=${value}`];
  });
  return [
    ...config,
    ...worded('changed limits of', limits),
    ...worded('set placement', set),
    ...worded(
      'unset placement',
      labels.filter((label) => !Object.hasOwn(after.placement, label)),
    ),
  ];
}

type Values = Readonly<Record<string, string | null>>;

/** Names of variables, never their values. `reset`: nothing is laid over the definition's own any more. */
function configParts(service: string, before: Values, after: Values, { services }: Project): string[] {
  const definitions = service === '' ? Object.values(services) : [member(services, service) ?? {}];
  const kindOf = (key: string): 'set' | 'unset' | 'reset' => {
    const value = member(after, key);
    if (typeof value === 'string') return 'set';
    const isDefined = definitions.some(({ environment = {} }) => Object.hasOwn(environment, key));
    return value === undefined && (isDefined || member(before, key) === null) ? 'reset' : 'unset';
  };
  const changed = namesOf(before, after).filter((key) => member(before, key) !== member(after, key));
  const whose = service === '' ? '' : ` of ${service}`;
  return (['set', 'unset', 'reset'] as const).flatMap((kind) =>
    worded(
      kind,
      changed.filter((key) => kindOf(key) === kind),
    ).map((part) => `${part}${whose}`),
  );
}

/** The words before a list of names; nothing where there are none. */
function worded(words: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${words} ${fold(names, 60)}`];
}

/** The items on one line, as many as fit, and how many more there are. The first is always there, cut if it must be. */
function fold(items: readonly string[], width: number): string {
  const lines = items.map((item) => item.replace(/\s+/g, ' '));
  for (let count = lines.length; count > 0; count -= 1) {
    const left = lines.length - count;
    const text = `${lines.slice(0, count).join(', ')}${left === 0 ? '' : ` and ${left} more`}`;
    if (text.length <= width) return text;
  }
  const more = lines.length > 1 ? ` and ${lines.length - 1} more` : '';
  return `${(lines[0] ?? '').slice(0, width - more.length - 3)}...${more}`;
}

function namesOf(before: object, after: object): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
}

function same(one: unknown, other: unknown): boolean {
  return stableJson(one ?? null) === stableJson(other ?? null);
}
