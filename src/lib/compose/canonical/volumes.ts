import { posix } from 'node:path';
import { attributeError } from '../errors.js';
import { isTree, newTree, textOf, type MutableTree, type Path, type Tree, type Value } from '../tree.js';
import { isHostPath, splitVolume, type VolumeSpec } from './volume-spec.js';

/** One item of `volumes` in its long form (reference/compose/SPEC.md A10-A15). Throws `AttributeError`. */
export function expandVolume(item: Value, path: Path): Value {
  if (isTree(item)) return checkLong(item, path);
  if (typeof item !== 'string') return item;
  const spec = splitVolume(item);
  if (spec.problem !== undefined) throw attributeError(path, spec.problem, { text: item });
  return longForm(spec);
}

const propagations = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave']);

function longForm({ source, target, options }: VolumeSpec): Tree {
  const bind = newTree();
  const volume = newTree();
  let readOnly = false;
  for (const option of options) {
    if (option === 'ro' || option === 'rw') readOnly = option === 'ro';
    else if (option === 'nocopy') volume['nocopy'] = true;
    else if (option === 'z' || option === 'Z') bind['selinux'] = option;
    else if (propagations.has(option)) bind['propagation'] = option;
  }
  const isBind = isHostPath(source);
  if (isBind) bind['create_host_path'] = true;
  const result: MutableTree = newTree({ type: isBind ? 'bind' : 'volume' });
  if (source !== '') result['source'] = source;
  result['target'] = cleanTarget(target);
  if (readOnly) result['read_only'] = true;
  if (Object.keys(bind).length > 0) result['bind'] = bind;
  if (!isBind) result['volume'] = volume;
  return result;
}

function checkLong(mount: Tree, path: Path): Tree {
  const { target } = mount;
  const type = textOf(mount['type']) ?? 'volume';
  if (type === 'bind' && (textOf(mount['source']) ?? '') === '') {
    throw attributeError(path, 'invalid mount config for type "bind": field Source must not be empty');
  }
  const cleaned = typeof target === 'string' ? { ...mount, target: cleanTarget(target) } : mount;
  const bind = mount['bind'];
  return type === 'bind' && isTree(bind) && !('create_host_path' in bind)
    ? { ...cleaned, bind: { ...bind, create_host_path: true } }
    : cleaned;
}

/** A13 */
function cleanTarget(target: string): string {
  if (target === '') return '';
  const clean = posix.normalize(target);
  return clean.length > 1 ? clean.replace(/\/$/, '') : clean;
}
