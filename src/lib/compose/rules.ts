import { isList, isTree, newTree, type MutableTree, type Path, type Value } from './tree.js';

/** One step of a compiled set of attribute patterns. */
export interface Rules<T> {
  rule?: T;
  readonly named: Map<string, Rules<T>>;
  /** For keys (`*`) and list items (`[]`) without a branch of their own. */
  any?: Rules<T>;
}

/** Compiles attribute patterns (`services.*.ports`, `services.*.volumes.[]`) so that a tree is walked once for all. */
export function compileRules<T>(patterns: Readonly<Record<string, T>>): Rules<T> {
  const root: Rules<T> = { named: new Map() };
  for (const [pattern, rule] of Object.entries(patterns)) {
    let at = root;
    for (const key of pattern.split('.')) at = branch(at, key);
    at.rule = rule;
  }
  return root;
}

function branch<T>(at: Rules<T>, key: string): Rules<T> {
  if (key === '*' || key === '[]') return (at.any ??= { named: new Map() });
  let next = at.named.get(key);
  if (next === undefined) {
    next = { named: new Map() };
    at.named.set(key, next);
  }
  return next;
}

/** The rules below `key`. */
export function rulesAt<T>(rules: Rules<T>, key: string | number): Rules<T> | undefined {
  return (typeof key === 'string' ? rules.named.get(key) : undefined) ?? rules.any;
}

/** Gives the new value of the attribute at `path`; `undefined` drops the attribute (of a list: the item). */
export type Change<T> = (rule: T, value: Value, path: Path) => Value | undefined;

/**
 * Applies `change` where a rule stands, first to a value and then inside what it became. Values without a rule are
 * shared with the input, which is left as it was.
 */
export function applyRules<T>(value: Value, rules: Rules<T>, change: Change<T>, path: Path = []): Value {
  return walk(value, rules, change, [...path]) ?? null;
}

function walk<T>(value: Value, rules: Rules<T>, change: Change<T>, path: (string | number)[]): Value | undefined {
  const changed = rules.rule === undefined ? value : change(rules.rule, value, path);
  if (changed === undefined || (rules.any === undefined && rules.named.size === 0)) return changed;
  if (isList(changed)) return walkList(changed, rules, change, path);
  return isTree(changed) ? walkTree(changed, rules, change, path) : changed;
}

function walkList<T>(
  list: readonly Value[],
  rules: Rules<T>,
  change: Change<T>,
  path: (string | number)[],
): readonly Value[] {
  if (rules.any === undefined) return list;
  let result: Value[] | undefined;
  for (const [index, item] of list.entries()) {
    path.push(index);
    const next = walk(item, rules.any, change, path);
    path.pop();
    if (next !== item) result ??= list.slice(0, index);
    if (next !== undefined) result?.push(next);
  }
  return result ?? list;
}

function walkTree<T>(
  tree: Readonly<MutableTree>,
  rules: Rules<T>,
  change: Change<T>,
  path: (string | number)[],
): Readonly<MutableTree> {
  let result: MutableTree | undefined;
  for (const key in tree) {
    const below = rulesAt(rules, key);
    if (below === undefined) continue;
    const value = tree[key] ?? null;
    path.push(key);
    const next = walk(value, below, change, path);
    path.pop();
    if (next === value) continue;
    result ??= newTree(tree);
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the copy is ours and a mapping of user keys
    if (next === undefined) delete result[key];
    else result[key] = next;
  }
  return result ?? tree;
}
