import { dirname, join, resolve } from 'node:path';
import type { TaggedPath } from './convert.js';
import { readEnvFile, type Environment } from './environment.js';
import { attributeError } from './errors.js';
import { exists, isFile } from './files.js';
import { merge } from './merge.js';
import { refuseRemote } from './paths.js';
import { applyTags } from './reset.js';
import { isList, isTree, newTree, textOf, treeOf, without, type Path, type Tree, type Value } from './tree.js';

/** One entry of `include`, resolved. */
export interface Inclusion {
  /** Absolute; the first is the project, the others are merged over it. */
  readonly files: readonly string[];
  readonly directory: string;
  readonly environment: Environment;
  readonly path: Path;
}

const sections = ['services', 'volumes', 'networks', 'configs', 'secrets', 'models'];
const keys = ['path', 'project_directory', 'env_file'];

/**
 * `tree` with the resources of the projects that it includes below its own (reference/compose/SPEC.md C1-C9). `load`
 * gives the finished tree of an included project. Throws `AttributeError`.
 */
export function applyIncludes(
  tree: Tree,
  scope: { readonly directory: string; readonly environment: Environment },
  tagged: readonly TaggedPath[],
  load: (inclusion: Inclusion) => Tree,
): Tree {
  const { include } = tree;
  if (include === undefined) return tree;
  const path = ['include'];
  if (!isList(include)) throw attributeError(path, 'must be a list');
  let result: Tree = without(tree, 'include');
  for (const [index, entry] of include.entries()) {
    const inclusion = resolveEntry(entry, [...path, index], scope);
    result = importResources(applyTags(load(inclusion), tagged), result);
  }
  return result;
}

/** C6, C7: what is there already wins. */
function importResources(included: Tree, local: Tree): Tree {
  const result = newTree(local);
  for (const section of sections) {
    const from = included[section];
    if (!isTree(from)) continue;
    result[section] = merge({ [section]: from }, { [section]: treeOf(local[section]) })[section] ?? null;
  }
  return result;
}

function resolveEntry(
  entry: Value,
  path: Path,
  scope: { readonly directory: string; readonly environment: Environment },
): Inclusion {
  const long: Tree | undefined = typeof entry === 'string' ? { path: entry } : isTree(entry) ? entry : undefined;
  if (long === undefined) throw attributeError(path, 'must be a string or mapping');
  const unknown = Object.keys(long).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    throw attributeError(path, `additional properties '${unknown}' not allowed`, { key: unknown });
  }
  const names = texts(long['path'], typeof entry === 'string' ? path : [...path, 'path']);
  for (const name of names) refuseRemote(name, path);
  const files = names.map((file) => resolve(scope.directory, file));
  const [first] = files;
  if (first === undefined) throw attributeError(path, "missing property 'path'");
  const given = textOf(long['project_directory']);
  const directory = given === undefined ? dirname(first) : resolve(scope.directory, given);
  const environment = includedEnvironment(long['env_file'], directory, [...path, 'env_file'], scope);
  return { files, directory, environment, path };
}

function texts(value: Value | undefined, path: Path): readonly string[] {
  if (value === undefined) return [];
  const list = isList(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== 'string') throw attributeError(path, 'must be a string or a list of strings');
    return item;
  });
}

/** C4, C5 */
function includedEnvironment(
  value: Value | undefined,
  directory: string,
  path: Path,
  scope: { readonly directory: string; readonly environment: Environment },
): Environment {
  const standard = join(directory, '.env');
  const files = texts(value, path).map((file) => (file === '/dev/null' ? file : resolve(scope.directory, file)));
  const found = new Map<string, string>();
  for (const file of files.length > 0 ? files : isFile(standard) ? [standard] : []) {
    if (file === '/dev/null') continue;
    if (!exists(file)) throw attributeError(path, `stat ${file}: no such file or directory`);
    const read = readEnvFile(file, (name) => scope.environment.get(name), found);
    for (const [name, variable] of read) found.set(name, variable);
  }
  return new Map([...found, ...scope.environment]);
}
