import { parseSizeBytes } from '../../../../compose/size.js';

/**
 * Reads members of what the loader has checked, or a daemon has sent: one that is missing or something else is undefined.
 */
export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function treeIn(tree: Tree, key: string): Tree {
  const value = memberOf(tree, key);
  return isTree(value) ? value : {};
}

export function treesIn(tree: Tree, key: string): readonly Tree[] {
  const value = memberOf(tree, key);
  return Array.isArray(value) ? value.filter(isTree) : [];
}

/** A blank text is none. */
export function textIn(tree: Tree, key: string): string | undefined {
  const value = memberOf(tree, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Also of a text that is a number. */
export function numberIn(tree: Tree, key: string): number | undefined {
  const value = memberOf(tree, key);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Bytes; -1 is no limit. Throws for a text that is no size. */
export function sizeIn(tree: Tree, key: string): number | undefined {
  const number = numberIn(tree, key);
  const text = textIn(tree, key);
  return number ?? (text === undefined ? undefined : parseSizeBytes(text));
}

export function flagIn(tree: Tree, key: string): boolean | undefined {
  const value = memberOf(tree, key);
  return typeof value === 'boolean' ? value : undefined;
}

/** Texts of a list; undefined where there is no list. */
export function textsIn(tree: Tree, key: string): readonly string[] | undefined {
  const value = memberOf(tree, key);
  return Array.isArray(value) ? value.flatMap((item) => scalarOf(item)) : undefined;
}

/** Names and texts; undefined where there is no mapping. Null is the empty text. */
export function textMapIn(tree: Tree, key: string): Readonly<Record<string, string>> | undefined {
  const value = memberOf(tree, key);
  if (!isTree(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => scalarOf(item ?? '').map((text) => [name, text])),
  );
}

function scalarOf(value: unknown): readonly string[] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
}

/** Own members only: a name like `constructor` is only a name. */
function memberOf(tree: Tree, key: string): unknown {
  return Object.hasOwn(tree, key) ? tree[key] : undefined;
}

/** True for what a daemon sends where nothing was asked for: null, nought, an empty text, list or mapping, false. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isTree(value) && Object.keys(value).length === 0;
}

/** The members that are something. */
export function given(members: Tree): Tree {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** The members that say something: neither undefined nor an empty list or mapping. */
export function said(members: Tree): Tree {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) => value !== undefined && !(typeof value === 'object' && isEmpty(value)),
    ),
  );
}
