import { splitVolume } from './canonical/volume-spec.js';
import { applyRules, compileRules } from './rules.js';
import { isList, isTree, scalarText, type Tree, type Value } from './tree.js';

/**
 * Lists whose items have a key: the later of two items with one key takes the place of the first
 * (reference/compose/SPEC.md M11, M12).
 */

/** The key of an item; undefined for an item that is kept whatever else is in the list. */
type KeyOf = (item: Value) => string | undefined;

const textBeforeEquals: KeyOf = (item) => (isTree(item) ? undefined : (scalarText(item).split('=')[0] ?? ''));

const port: KeyOf = (item) => {
  if (typeof item === 'number') return `0.0.0.0::${item}/tcp`;
  if (!isTree(item)) return scalarText(item);
  const part = (name: string, otherwise: string): string => scalarText(item[name] ?? otherwise) || otherwise;
  return `${part('host_ip', '0.0.0.0')}:${part('published', '')}:${part('target', '')}/${part('protocol', 'tcp')}`;
};

const containerPath: KeyOf = (item) => {
  if (isTree(item)) return item['target'] === undefined ? undefined : scalarText(item['target']);
  return typeof item === 'string' ? splitVolume(item).target : undefined;
};

const device: KeyOf = (item) => {
  if (isTree(item)) return scalarText(item['target'] ?? item['source'] ?? null);
  const [source, target] = scalarText(item).split(':');
  return target ?? source;
};

const mountedAt =
  (directory: string): KeyOf =>
  (item) => {
    if (!isTree(item)) return `${directory}/${scalarText(item)}`;
    const target = scalarText(item['target'] ?? null);
    if (target === '') return `${directory}/${scalarText(item['source'] ?? null)}`;
    return target.startsWith('/') || directory === '' ? target : `${directory}/${target}`;
  };

const envFile: KeyOf = (item) => scalarText(isTree(item) ? (item['path'] ?? null) : item);

const byText = [
  'environment labels annotations sysctls build.args build.labels build.additional_contexts build.tags deploy.labels',
  'expose dns dns_opt dns_search cap_add cap_drop profiles links tmpfs networks.*.aliases networks.*.link_local_ips',
].flatMap((line) => line.split(' '));

const rules = compileRules<KeyOf>({
  ...Object.fromEntries(byText.map((name) => [`services.*.${name}`, textBeforeEquals])),
  'networks.*.labels': textBeforeEquals,
  'volumes.*.labels': textBeforeEquals,
  'services.*.ports': port,
  'services.*.volumes': containerPath,
  'services.*.devices': device,
  'services.*.secrets': mountedAt('/run/secrets'),
  'services.*.configs': mountedAt(''),
  'services.*.env_file': envFile,
});

/** `tree` with the duplicates in keyed lists dropped. */
export function dropDuplicates(tree: Tree): Tree {
  const result = applyRules(tree, rules, (keyOf, value) =>
    isList(value) && value.length > 1 ? unique(value, keyOf) : value,
  );
  return isTree(result) ? result : tree;
}

function unique(list: readonly Value[], keyOf: KeyOf): readonly Value[] {
  const places = new Map<string, number>();
  const result: Value[] = [];
  for (const item of list) {
    const key = keyOf(item);
    const place = key === undefined ? undefined : places.get(key);
    if (place === undefined) {
      if (key !== undefined) places.set(key, result.length);
      result.push(item);
    } else result[place] = item;
  }
  return result.length === list.length ? list : result;
}
