/** A parsed YAML value. Mappings have no prototype, so that a key like `__proto__` or `constructor` is only a key. */
export type Value = null | boolean | number | string | readonly Value[] | Tree;

export interface Tree {
  readonly [key: string]: Value;
}

export type MutableTree = Record<string, Value>;

/** Keys of mappings are strings, indices of lists are numbers. */
export type Path = readonly (string | number)[];

export function newTree(from?: Tree): MutableTree {
  return { __proto__: null, ...from };
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

/** `value` if it is a mapping, else an empty one. */
export function treeOf(value: Value | undefined): Tree {
  return isTree(value) ? value : {};
}

/** `value` if it is a list, else an empty one. */
export function listOf(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : [];
}

export function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A copy of `tree` without the keys `names`. */
export function without(tree: Tree, ...names: readonly string[]): MutableTree {
  const rest = newTree(tree);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the copy is ours and a mapping of user keys
  for (const name of names) delete rest[name];
  return rest;
}

/** A copy of `tree` with `change` applied to each value. */
export function mapValues(tree: Tree, change: (value: Value, key: string) => Value): MutableTree {
  const result = newTree();
  for (const key in tree) result[key] = change(tree[key] ?? null, key);
  return result;
}

/** `services.web.ports[0]` */
export function formatPath(path: Path): string {
  let text = '';
  for (const key of path) text += typeof key === 'number' ? `[${key}]` : text === '' ? key : `.${key}`;
  return text;
}

/** What a scalar is as text, the way the reference prints it; lists and mappings are given as JSON. */
export function scalarText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return goNumber(value, false);
  if (value === null) return '';
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

/**
 * A number as Go prints it: one written as a float (or with a fraction) has an exponent when its decimal exponent is
 * below -4 or above 5 (reference/compose/SPEC.md Y12).
 */
export function goNumber(value: number, writtenAsFloat: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  const asFloat = writtenAsFloat || !Number.isInteger(value);
  if (!asFloat || value === 0 || (exponent >= -4 && exponent < 6)) return String(value);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
