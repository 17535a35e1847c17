import fs from 'node:fs';
import { attributeError } from './errors.js';
import { isTree, mapValues, newTree, treeOf, type Tree, type Value } from './tree.js';

/** What Docker Swarm takes of a secret or config, in bytes, rounded to what people expect. */
const maxBytes = 1_000_000;

/**
 * Puts the contents of secrets and configs into the definition, as `x-berth: { data: <base64> }`, so that whoever deploys
 * it later, on another machine or from an old release, needs no file of this one. What the definition says of where they
 * come from stays.
 *
 * @throws AttributeError for a file that cannot be read or is too large, and for a variable that is not set.
 */
export function embedFiles(project: Tree, lookup: (name: string) => string | undefined): Tree {
  const embedded = newTree(project);
  for (const kind of ['secrets', 'configs'] as const) {
    const all = project[kind];
    if (isTree(all)) embedded[kind] = mapValues(all, (value, name) => withContent(value, [kind, name], lookup));
  }
  return embedded;
}

type Lookup = (name: string) => string | undefined;

function withContent(definition: Value, path: readonly string[], lookup: Lookup): Value {
  if (!isTree(definition)) return definition;
  const data = contentOf(path, definition, lookup);
  if (data === undefined) return definition;
  const extension = newTree(treeOf(definition['x-berth']));
  extension['data'] = data.toString('base64');
  const filled = newTree(definition);
  filled['x-berth'] = extension;
  return filled;
}

function contentOf(path: readonly string[], definition: Tree, lookup: Lookup): Buffer | undefined {
  const { file, environment, external } = definition;
  if (external === true) return undefined;
  if (typeof file === 'string') return readFile([...path, 'file'], file);
  if (typeof environment !== 'string') return undefined;
  const value = lookup(environment);
  if (value !== undefined) return Buffer.from(value);
  throw attributeError([...path, 'environment'], `the variable ${environment} is not set`);
}

function readFile(path: readonly string[], file: string): Buffer {
  let data: Buffer;
  try {
    data = fs.readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = reason === 'ENOENT' ? 'there is no such file' : `it cannot be read (${reason})`;
    throw attributeError(path, `${file}: ${why}`);
  }
  if (data.length <= maxBytes) return data;
  throw attributeError(path, `${file} has ${data.length} bytes: ${maxBytes} are the most`);
}
