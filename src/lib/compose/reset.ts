import type { TaggedPath } from './convert.js';
import { isTree, newTree, without, type Path, type Tree } from './tree.js';

/**
 * Removes from `tree`, what came before, each place that a later document tags `!reset` or `!override`
 * (reference/compose/SPEC.md R1-R6). Places inside lists are left alone. `from` leaves out the first steps of the paths.
 */
export function applyTags(tree: Tree, tagged: readonly TaggedPath[], from = 0): Tree {
  return tagged.reduce((result, { path }) => remove(result, path.slice(from)), tree);
}

function remove(tree: Tree, [key, ...rest]: Path): Tree {
  if (typeof key !== 'string' || !(key in tree)) return tree;
  if (rest.length === 0) return without(tree, key);
  const below = tree[key];
  if (!isTree(below)) return tree;
  return { ...newTree(tree), [key]: remove(below, rest) };
}
