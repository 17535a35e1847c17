import { AttributeError } from './errors.js';
import { nearest } from '../text/nearest.js';
import { compileRules, rulesAt, type Rules } from './rules.js';
import { knownKeys, validate, type SchemaError } from './schema/validate.generated.js';
import { formatPath, isList, isTree, scalarText, type Path, type Tree, type Value } from './tree.js';

/**
 * The published schema (reference/compose/SPEC.md V1-V4, P5): of all that is wrong, the most specific is reported.
 * Throws `AttributeError`.
 */
export function checkSchema(tree: Tree): void {
  if (validate(tree)) return;
  const errors = deepest(validate.errors ?? []);
  const first = errors[0];
  if (first === undefined) throw new AttributeError('the file does not follow the Compose schema', []);
  throw describe(errors, first, pathOf(first.instancePath, tree), tree);
}

/** The errors with the longest path; of alternatives at one path, those that are not about the type. */
function deepest(errors: readonly SchemaError[]): readonly SchemaError[] {
  let depth = -1;
  let result: SchemaError[] = [];
  for (const error of errors) {
    if (error.keyword === 'oneOf') continue;
    const own = error.instancePath.split('/').length;
    if (own < depth) continue;
    if (own > depth) result = [];
    depth = own;
    result.push(error);
  }
  const first = result.find(({ keyword }) => keyword !== 'type') ?? result[0];
  return result.filter(
    ({ keyword, instancePath }) => keyword === first?.keyword && instancePath === first.instancePath,
  );
}

/** Steps of a JSON pointer; those into lists become numbers. */
function pathOf(pointer: string, tree: Tree): Path {
  const path: (string | number)[] = [];
  let at: Value | undefined = tree;
  for (const escaped of pointer.split('/').slice(1)) {
    const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(isList(at) ? Number(key) : key);
    at = isTree(at) ? at[key] : isList(at) ? at[Number(key)] : undefined;
  }
  return path;
}

const typeNames: Readonly<Record<string, string>> = { object: 'mapping' };

function describe(errors: readonly SchemaError[], first: SchemaError, path: Path, tree: Tree): AttributeError {
  const { keyword, params } = first;
  const where = formatPath(path);
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(errors, path, tree);
    case 'type': {
      const types = new Set(errors.flatMap((error) => String(error.params['type']).split(',')));
      return new AttributeError(
        `${where} must be a ${[...types].map((type) => typeNames[type] ?? type).join(' or ')}`,
        path,
      );
    }
    case 'required':
      return new AttributeError(`${where}: missing property '${String(params['missingProperty'])}'`, path);
    case 'enum': {
      const allowed = Array.isArray(params['allowedValues']) ? params['allowedValues'].map(String) : [];
      const value = scalarText(valueAt(tree, path) ?? null);
      const near = nearest(value, allowed);
      const hint = near === undefined ? undefined : `did you mean "${near}"?`;
      const choice = allowed.map((word) => `'${word}'`).join(', ');
      return new AttributeError(`${where}: value must be one of ${choice}`, path, { hint, text: value });
    }
    case 'pattern': {
      const value = scalarText(valueAt(tree, path) ?? null);
      return new AttributeError(`${where}: '${value}' does not match pattern '${String(params['pattern'])}'`, path);
    }
    case 'minimum':
    case 'maximum':
      return new AttributeError(`${where}: must be ${String(params['comparison'])} ${String(params['limit'])}`, path);
    case 'uniqueItems': {
      const items = `${String(params['j'])} and ${String(params['i'])}`;
      return new AttributeError(`${where}: items at ${items} are equal`, path);
    }
    default:
      return new AttributeError(`${where}: does not follow the schema (${keyword})`, path);
  }
}

function unknownKey(errors: readonly SchemaError[], path: Path, tree: Tree): AttributeError {
  const keys = [...new Set(errors.map(({ params }) => String(params['additionalProperty'])))];
  const list = keys.map((key) => `'${key}'`).join(', ');
  const where = path.length === 0 ? '' : `${formatPath(path)}: `;
  const [key = ''] = keys;
  return new AttributeError(`${where}additional properties ${list} not allowed`, path, {
    key,
    hint: unknownKeyHint(key, path, tree),
  });
}

function unknownKeyHint(key: string, path: Path, tree: Tree): string | undefined {
  const value = valueAt(tree, [...path, key]);
  if (path.length === 0 && isTree(value) && ('image' in value || 'build' in value)) {
    return `move "${key}" under "services:"`;
  }
  if (path.length === 1) return 'names are made of letters, digits and . _ -';
  const near = nearest(key, known(path));
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

/** The keys the schema knows at `path`. */
function known(path: Path): readonly string[] {
  let rules: Rules<readonly string[]> | undefined = compileRules(knownKeys);
  for (const key of path) rules = rules && rulesAt(rules, key);
  return (path.length === 0 ? knownKeys[''] : rules?.rule) ?? [];
}

function valueAt(tree: Tree, path: Path): Value | undefined {
  let at: Value | undefined = tree;
  for (const key of path) at = isTree(at) ? at[key] : isList(at) ? at[Number(key)] : undefined;
  return at;
}
