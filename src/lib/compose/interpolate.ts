import { casts } from './casts.js';
import { AttributeError } from './errors.js';
import { rulesAt, type Rules } from './rules.js';
import {
  findVariables,
  InvalidTemplateError,
  MissingVariableError,
  substitute,
  type ComposeVariable,
  type Lookup,
} from './template.js';
import { formatPath, isList, isTree, newTree, type MutableTree, type Path, type Tree, type Value } from './tree.js';

/** A cast of a text to the type its attribute has; throws an `Error` that says why not. */
export type Cast = (text: string, path: Path, warn: (message: string) => void) => Value;

export interface Interpolation {
  readonly lookup: Lookup;
  readonly warn: (message: string) => void;
}

/**
 * The values of a tree with variables replaced and texts cast to the type of their attribute, keys left alone
 * (reference/compose/SPEC.md I11-I18). Throws `AttributeError`.
 */
export function interpolate(tree: Tree, interpolation: Interpolation): Tree {
  const result = walk(tree, casts, [], interpolation);
  return isTree(result) ? result : tree;
}

/** One text, for what is needed before the whole tree: the project name (N4). */
export function interpolateText(text: string, path: Path, interpolation: Interpolation): string {
  try {
    return substitute(text, interpolation.lookup, (name) =>
      interpolation.warn(`The "${name}" variable is not set. Defaulting to a blank string.`),
    );
  } catch (error) {
    throw explainTemplate(error, path, text);
  }
}

function walk(
  value: Value,
  rules: Rules<Cast> | undefined,
  path: (string | number)[],
  interpolation: Interpolation,
): Value {
  if (typeof value === 'string') {
    const text = value.includes('$') ? interpolateText(value, path, interpolation) : value;
    return rules?.rule === undefined ? text : cast(rules.rule, text, path, interpolation);
  }
  if (isList(value)) {
    let items: Value[] | undefined;
    for (const [index, item] of value.entries()) {
      path.push(index);
      const next = walk(item, rules && rulesAt(rules, index), path, interpolation);
      path.pop();
      if (next !== item) (items ??= [...value])[index] = next;
    }
    return items ?? value;
  }
  return isTree(value) ? walkTree(value, rules, path, interpolation) : value;
}

function walkTree(
  tree: Tree,
  rules: Rules<Cast> | undefined,
  path: (string | number)[],
  interpolation: Interpolation,
): Tree {
  let result: MutableTree | undefined;
  for (const key in tree) {
    const value = tree[key] ?? null;
    path.push(key);
    const next = walk(value, rules && rulesAt(rules, key), path, interpolation);
    path.pop();
    if (next !== value) (result ??= newTree(tree))[key] = next;
  }
  return result ?? tree;
}

function cast(rule: Cast, text: string, path: Path, { warn }: Interpolation): Value {
  try {
    return rule(text, path, warn);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AttributeError(
      `error while interpolating ${formatPath(path)}: failed to cast to expected type: ${why}`,
      path,
    );
  }
}

function explainTemplate(error: unknown, path: Path, text: string): unknown {
  const where = formatPath(path);
  if (error instanceof MissingVariableError) {
    const hint = `set ${error.variable} in the environment or in the .env file`;
    return new AttributeError(`error while interpolating ${where}: ${error.message}`, path, { hint, text });
  }
  if (error instanceof InvalidTemplateError) {
    const message = `invalid interpolation format for ${where}.\nYou may need to escape any $ with another $.\n${error.template.slice(0, 300)}`;
    return new AttributeError(message, path, { text });
  }
  return error;
}

/** The variables used in the values of a tree, each once (SPEC.md I19). Throws `AttributeError`. */
export function variablesOf(trees: readonly Tree[]): readonly ComposeVariable[] {
  const found = new Map<string, ComposeVariable>();
  const note = (variable: ComposeVariable): void => {
    const before = found.get(variable.name);
    found.set(variable.name, {
      name: variable.name,
      defaultValue: before?.defaultValue ?? variable.defaultValue,
      alternateValue: before?.alternateValue ?? variable.alternateValue,
      required: (before?.required ?? false) || variable.required,
    });
  };
  for (const tree of trees) visitTexts(tree, [], note);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function visitTexts(value: Value, path: (string | number)[], note: (variable: ComposeVariable) => void): void {
  if (typeof value === 'string') {
    try {
      findVariables(value, note);
    } catch (error) {
      throw explainTemplate(error, path, value);
    }
  } else if (isList(value)) {
    for (const [index, item] of value.entries()) visitBelow(item, index, path, note);
  } else if (isTree(value)) {
    for (const key in value) visitBelow(value[key] ?? null, key, path, note);
  }
}

function visitBelow(
  value: Value,
  key: string | number,
  path: (string | number)[],
  note: (variable: ComposeVariable) => void,
): void {
  path.push(key);
  visitTexts(value, path, note);
  path.pop();
}
