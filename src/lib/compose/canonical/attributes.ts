import { attributeError } from '../errors.js';
import { isList, isTree, mapValues, newTree, scalarText, without, type Path, type Tree, type Value } from '../tree.js';

/** Short forms of single attributes (reference/compose/SPEC.md section 7). Each takes the value and its path. */

/** A70 */
export function expandBuild(value: Value): Value {
  return typeof value === 'string' ? { context: value } : value;
}

/** A71: a list of `NAME=CONTEXT` */
export function expandContexts(value: Value): Value {
  if (!isList(value)) return value;
  const result = newTree();
  for (const item of value) {
    const [, name = '', target = ''] = /^([^=]*)=?(.*)$/s.exec(scalarText(item)) ?? [];
    result[name] = target;
  }
  return result;
}

/** A40 */
export function expandDependsOn(value: Value): Value {
  return isList(value) ? named(value, () => ({ condition: 'service_started', required: true })) : value;
}

/** A51: a list of names is a mapping of nulls. */
export function expandNames(value: Value): Value {
  return isList(value) ? named(value, () => null) : value;
}

function named(list: readonly Value[], entry: () => Value): Tree {
  const result = newTree();
  for (const name of list) result[scalarText(name)] = entry();
  return result;
}

export function expandToList(value: Value): Value {
  return typeof value === 'string' ? [value] : value;
}

/** E30 */
export function expandEnvFile(value: Value): Value {
  const list = typeof value === 'string' ? [value] : value;
  return isList(list) ? list.map((item) => (typeof item === 'string' ? { path: item } : item)) : list;
}

/** A60: the short form of a secret or config is its name. */
export function expandFileReference(value: Value): Value {
  return typeof value === 'string' ? { source: value } : value;
}

/** A103 */
export function expandDevice(value: Value, path: Path): Value {
  if (typeof value !== 'string') return value;
  const [source = '', target, permissions, ...more] = value.split(':');
  if (more.length > 0) throw attributeError(path, `confusing device mapping, please use long syntax: ${value}`);
  return { source, target: target ?? source, permissions: permissions ?? 'rwm' };
}

/** A91: `gpus: all` */
export function expandGpus(value: Value): Value {
  return value === 'all' ? [{ count: -1 }] : value;
}

/** A91 */
export function expandDeviceRequest(value: Value, path: Path): Value {
  if (!isTree(value)) return value;
  const { count } = value;
  if (count === 'all') return { ...value, count: -1 };
  if (typeof count !== 'string') return value;
  if (/^-?\d+$/.test(count)) return { ...value, count: Number(count) };
  throw attributeError([...path, 'count'], `invalid value "${count}", the only value allowed is 'all' or a number`);
}

/** A73: entries of `build.ssh` as texts `ID` and `ID=PATH`. */
export function expandSsh(value: Value, path: Path): Value {
  const entries = isTree(value)
    ? Object.entries(value).map(([id, at]) => (at === null || at === '' ? id : `${id}=${scalarText(at)}`))
    : value;
  if (!isList(entries)) return entries;
  for (const entry of entries) {
    const text = scalarText(entry);
    if (text !== 'default' && !text.includes('=')) throw attributeError(path, `invalid ssh key "${text}"`, { text });
  }
  return entries;
}

/** A102: values of `provider.options` are lists of texts. */
export function expandProviderOptions(value: Value): Value {
  if (!isTree(value)) return value;
  return mapValues(value, (option) => (isList(option) ? option.map(scalarText) : [scalarText(option)]));
}

/** A18: `external: {name: X}` */
export function expandExternal(value: Value, path: Path, warn: (message: string) => void): Value {
  if (!isTree(value)) return value;
  const { external, name } = value;
  if (!isTree(external)) return value;
  const own = external['name'];
  if (own === undefined) return { ...value, external: true };
  const where = path.join('.');
  warn(`${where}: external.name is deprecated. Please set name and external: true`);
  if (name !== undefined && name !== own) throw attributeError(path, 'name and external.name conflict; only use name');
  return { ...without(value, 'external', 'name'), name: own, external: true };
}

/** A73: provenance and sbom */
export function expandToText(value: Value): Value {
  return typeof value === 'boolean' || typeof value === 'number' ? scalarText(value) : value;
}
