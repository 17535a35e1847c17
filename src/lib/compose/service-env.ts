import { parseRawEnvFile } from './dotenv.js';
import { readEnvFile, type Environment } from './environment.js';
import { attributeError } from './errors.js';
import { exists, readText } from './files.js';
import {
  isList,
  isTree,
  listOf,
  mapValues,
  newTree,
  textOf,
  treeOf,
  without,
  type Path,
  type Tree,
  type Value,
} from './tree.js';

/**
 * Variables without a value take that of the environment (reference/compose/SPEC.md E33, A72): `environment`, `build.args`.
 * Done per project, since an included one has an environment of its own.
 */
export function passThrough(tree: Tree, environment: Environment): Tree {
  if (!isTree(tree['services'])) return tree;
  const services = mapValues(tree['services'], (service) => {
    if (!isTree(service)) return service;
    const result = newTree(service);
    if ('environment' in result) result['environment'] = fill(result['environment'] ?? null, environment);
    const { build } = result;
    if (isTree(build) && 'args' in build)
      result['build'] = { ...build, args: fill(build['args'] ?? null, environment) };
    return result;
  });
  return { ...newTree(tree), services };
}

function fill(value: Value, environment: Environment): Value {
  if (isTree(value)) return mapValues(value, (item, key) => item ?? environment.get(key) ?? null);
  if (!isList(value)) return value;
  return value.map((item) => {
    if (typeof item !== 'string' || item.includes('=')) return item;
    const found = environment.get(item);
    return found === undefined ? item : `${item}=${found}`;
  });
}

/**
 * `service` with `env_file` below `environment` and `label_file` below `labels`, both files read (E30-E34); build
 * arguments that have no value are dropped. Throws `AttributeError` and `ComposeError`.
 */
export function resolveServiceFiles(name: string, service: Tree, environment: Environment): Tree {
  const result = without(service, 'env_file', 'label_file');
  const found = readEnvFiles(service['env_file'], ['services', name, 'env_file'], environment);
  const own = treeOf(service['environment']);
  if (found.size > 0 || 'environment' in service) {
    result['environment'] = { ...newTree(), ...Object.fromEntries(found), ...own };
  }
  const labels = readLabelFiles(service['label_file'], ['services', name, 'label_file'], environment);
  if (labels.size > 0) result['labels'] = { ...newTree(), ...Object.fromEntries(labels), ...treeOf(service['labels']) };
  const { build } = service;
  if (isTree(build) && isTree(build['args'])) {
    const given = Object.entries(build['args']).filter(([, value]) => value !== null);
    const others = without(build, 'args');
    result['build'] = given.length === 0 ? others : { ...others, args: newTree(Object.fromEntries(given)) };
  }
  return result;
}

function readEnvFiles(value: Value | undefined, path: Path, environment: Environment): Map<string, string> {
  const found = new Map<string, string>();
  const lookup = (variable: string): string | undefined => environment.get(variable);
  for (const [index, entry] of listOf(value).entries()) {
    const { path: file, required, format } = treeOf(entry);
    if (typeof file !== 'string') continue;
    const place = [...path, index];
    if (format !== undefined && format !== '' && format !== 'raw') {
      throw attributeError(place, `unsupported env_file format "${textOf(format) ?? ''}"`);
    }
    if (!exists(file)) {
      if (required === false) continue;
      throw attributeError(place, `env file ${file} not found: stat ${file}: no such file or directory`);
    }
    const read = format === 'raw' ? parseRawEnvFile(readText(file), lookup) : readEnvFile(file, lookup, found);
    for (const [variable, text] of read) found.set(variable, text);
  }
  return found;
}

function readLabelFiles(value: Value | undefined, path: Path, environment: Environment): Map<string, string> {
  const found = new Map<string, string>();
  for (const [index, file] of listOf(value).entries()) {
    if (typeof file !== 'string') continue;
    if (!exists(file)) {
      throw attributeError([...path, index], `label file ${file} not found: stat ${file}: no such file or directory`);
    }
    for (const [label, text] of readEnvFile(file, (variable) => environment.get(variable), found))
      found.set(label, text);
  }
  return found;
}
