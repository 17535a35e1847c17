import type { Project } from '../compose/project.js';
import type { ReleaseChange } from '../port/releases.js';
import { stableJson } from './hash.js';
import { mayBeShown } from './reasons.js';

/**
 * The fields in which two definitions differ, by path; lists are told whole, as JSON. Values are `***` unless `reveal`, but
 * for those that are known to be no secret (`mayBeShown`).
 */
export function releaseChanges(before: Project, after: Project, reveal: boolean): ReleaseChange[] {
  const old = leaves(before);
  const wanted = leaves(after);
  return [...new Set([...old.keys(), ...wanted.keys()])].sort().flatMap((path): ReleaseChange[] => {
    const [from, to] = [old.get(path), wanted.get(path)];
    if (from?.json === to?.json) return [];
    const show = (leaf: Leaf | undefined): string | null =>
      leaf === undefined ? null : leaf.isShown || reveal ? leaf.text : '***';
    return [{ path, before: show(from), after: show(to) }];
  });
}

interface Leaf {
  readonly json: string;
  /** For people: a text without its quotes. */
  readonly text: string;
  readonly isShown: boolean;
}

/** Everything that has a value of its own, by dotted path. */
function leaves(project: Project): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  const visit = (value: unknown, path: readonly string[]): void => {
    if (value === undefined || (value === null && isArguments(path))) return;
    const members = isTree(value) ? Object.entries(value) : [];
    for (const [key, item] of members) visit(item, [...path, key]);
    if (members.length > 0) return;
    const json = stableJson(value);
    const text = typeof value === 'string' ? value : json;
    found.set(path.join('.'), { json, text, isShown: mayBeShown(path, value) });
  };
  for (const [section, value] of Object.entries(project)) visit(value, [section]);
  return found;
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A null command or entrypoint is the image's own, as is none. */
function isArguments(path: readonly string[]): boolean {
  const [section, , attribute] = path;
  return section === 'services' && path.length === 3 && (attribute === 'command' || attribute === 'entrypoint');
}
