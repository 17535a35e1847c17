import { AttributeError } from './errors.js';
import { compileRules, rulesAt, type Rules } from './rules.js';
import { formatPath, isList, isTree, newTree, scalarText, type Path, type Tree, type Value } from './tree.js';

/**
 * Merging of what a later file (or an extending service) says over what is there (reference/compose/SPEC.md M1-M15).
 * Duplicates in lists are the business of the unicity stage.
 */

type MergeRule = (earlier: Value, later: Value, path: Path) => Value;

/** M2: command, entrypoint, healthcheck.test. */
const replace: MergeRule = (_, later) => later;

/** M4: as mappings where both are, else as lists of `KEY=VALUE`. */
const uniteKeys: MergeRule = (earlier, later) => {
  if (isTree(earlier) && isTree(later)) return { ...newTree(earlier), ...later };
  return [...asList(earlier), ...asList(later)];
};

function asList(value: Value): readonly Value[] {
  if (isList(value)) return value;
  if (!isTree(value)) return value === null ? [] : [value];
  return Object.entries(value).map(([key, item]) => (item === null ? key : `${key}=${scalarText(item)}`));
}

/** M5: list entries become keys of a mapping with `entry` as their value. */
function uniteNames(entry: () => Value): MergeRule {
  const named = (value: Value): Value =>
    isList(value) ? Object.fromEntries(value.map((name) => [scalarText(name), entry()])) : value;
  return (earlier, later, path) => {
    const left = named(earlier);
    const right = named(later);
    return isTree(left) && isTree(right) ? mergeTrees(left, right, undefined, [...path]) : (right ?? left);
  };
}

/** M6: a text is the context. */
const mergeBuild: MergeRule = (earlier, later, path) => {
  const asTree = (value: Value): Value => (typeof value === 'string' ? { context: value } : value);
  const rules = at(mergeRules, ['services', '*', 'build']);
  return mergeBelow(asTree(earlier), asTree(later), rules, [...path]);
};

/** M7: all addresses of a host are kept. */
const mergeExtraHosts: MergeRule = (earlier, later) => {
  const hosts = [...hostList(earlier), ...hostList(later)];
  return [...new Map(hosts.map((host) => [scalarText(host), host])).values()];
};

function hostList(value: Value): readonly Value[] {
  if (!isTree(value)) return asList(value);
  return Object.entries(value).flatMap(([host, addresses]) =>
    (isList(addresses) ? addresses : [addresses]).map((address) => `${host}=${scalarText(address)}`),
  );
}

/** M8: another driver replaces the options of the first. */
const mergeLogging: MergeRule = (earlier, later, path) => {
  if (!isTree(earlier) || !isTree(later)) return mergeBelow(earlier, later, undefined, [...path]);
  const [before, after] = [earlier['driver'] ?? null, later['driver'] ?? null];
  if (before === null || after === null || before === after) return mergeTrees(earlier, later, undefined, [...path]);
  return later;
};

/** M10: pools with one subnet are one pool. */
const mergeIpam: MergeRule = (earlier, later, path) => {
  if (!isList(earlier) || !isList(later)) return mergeBelow(earlier, later, undefined, [...path]);
  const pools = new Map<string, Value>();
  for (const pool of [...earlier, ...later]) {
    const key = scalarText((isTree(pool) ? pool['subnet'] : undefined) ?? null);
    const before = pools.get(key);
    pools.set(key, before === undefined ? pool : mergeBelow(before, pool, undefined, [...path]));
  }
  return [...pools.values()];
};

const keyed = [
  'environment labels annotations sysctls build.args build.labels build.additional_contexts deploy.labels',
  'dns dns_opt dns_search env_file label_file tmpfs',
].flatMap((line) => line.split(' '));

const mergeRules: Rules<MergeRule> = compileRules<MergeRule>({
  ...Object.fromEntries(keyed.map((name) => [`services.*.${name}`, uniteKeys])),
  'networks.*.labels': uniteKeys,
  'volumes.*.labels': uniteKeys,
  'networks.*.ipam.config': mergeIpam,
  'services.*.command': replace,
  'services.*.entrypoint': replace,
  'services.*.healthcheck.test': replace,
  'services.*.ulimits.*': replace,
  'services.*.depends_on': uniteNames(() => ({ condition: 'service_started', required: true })),
  'services.*.networks': uniteNames(() => null),
  'services.*.models': uniteNames(() => null),
  'services.*.build': mergeBuild,
  'services.*.build.extra_hosts': mergeExtraHosts,
  'services.*.extra_hosts': mergeExtraHosts,
  'services.*.logging': mergeLogging,
});

function at(rules: Rules<MergeRule>, path: Path): Rules<MergeRule> | undefined {
  let found: Rules<MergeRule> | undefined = rules;
  for (const key of path) found = found && rulesAt(found, key);
  return found;
}

/** `later` merged over `earlier`, both at `path` of a project. Throws `AttributeError` where kinds do not go together. */
export function merge(earlier: Tree, later: Tree, path: Path = []): Tree {
  return mergeTrees(earlier, later, at(mergeRules, path), [...path]);
}

function mergeTrees(earlier: Tree, later: Tree, rules: Rules<MergeRule> | undefined, path: (string | number)[]): Tree {
  const result = newTree(earlier);
  for (const key in later) {
    const [before, after] = [earlier[key], later[key] ?? null];
    if (before === undefined) {
      result[key] = after;
      continue;
    }
    path.push(key);
    result[key] = mergeValues(before, after, rules && rulesAt(rules, key), path);
    path.pop();
  }
  return result;
}

function mergeValues(
  earlier: Value,
  later: Value,
  rules: Rules<MergeRule> | undefined,
  path: (string | number)[],
): Value {
  if (rules?.rule === replace) return later;
  // M3: nothing said changes nothing.
  if (later === null) return earlier;
  if (earlier === null) return later;
  return rules?.rule === undefined ? mergeBelow(earlier, later, rules, path) : rules.rule(earlier, later, path);
}

function mergeBelow(
  earlier: Value,
  later: Value,
  rules: Rules<MergeRule> | undefined,
  path: (string | number)[],
): Value {
  if (isTree(earlier) && isTree(later)) return mergeTrees(earlier, later, rules, path);
  if (isList(earlier) && isList(later)) return [...earlier, ...later];
  if (isTree(earlier) || isList(earlier)) throw new AttributeError(`cannot override ${formatPath(path)}`, path);
  return later;
}
