import { UsageError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { stripControl } from './terminal.js';

/** One `{{...}}`: a function over a path, or the path alone. */
interface Expression {
  readonly apply: TemplateFunction;
  /** Empty for `.`, the whole value. */
  readonly path: readonly string[];
  /** The text after the path: the separator of `join`. */
  readonly argument: string;
}

/** A parsed template: literal text and expressions, in order. */
export type Template = readonly (string | Expression)[];

type TemplateFunction = (value: unknown, argument: string, path: readonly string[]) => string;

const functions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['json', (value) => JSON.stringify(value ?? null)],
  ['upper', (value) => plain(value).toUpperCase()],
  ['lower', (value) => plain(value).toLowerCase()],
  ['join', join],
]);

const expressionSyntax = /^(?:([A-Za-z]+)\s+)?\.([\w-]+(?:\.[\w-]+)*)?(?:\s+("(?:[^"\\]|\\.)*"))?$/;

/**
 * Parses a Docker-style template: `{{.name}}`, `{{json .}}`, `{{upper .state}}`, `{{lower .state}}`,
 * `{{join .services ","}}`; `\t`, `\n` and `\\` outside of braces are escapes.
 *
 * @throws UsageError naming the expression that is wrong.
 */
export function parseTemplate(text: string): Template {
  const parts: (string | Expression)[] = [];
  let rest = text;
  while (rest !== '') {
    const open = rest.indexOf('{{');
    if (open !== 0) parts.push(unescape(open < 0 ? rest : rest.slice(0, open)));
    if (open < 0) break;
    const close = rest.indexOf('}}', open);
    if (close < 0) throw new UsageError(`the template has no }} for ${JSON.stringify(rest.slice(open))}`);
    parts.push(parseExpression(rest.slice(open + 2, close).trim()));
    rest = rest.slice(close + 2);
  }
  return parts;
}

function parseExpression(text: string): Expression {
  const match = expressionSyntax.exec(text);
  if (match === null) {
    throw new UsageError(`the template does not understand {{${text}}}`, {
      hint: `Write {{.field}}, or one of ${[...functions.keys()].join(', ')} before it: {{json .}}.`,
    });
  }
  const [, name, path = '', argument] = match;
  const apply = name === undefined ? plain : functions.get(name);
  if (apply === undefined || name === undefined) {
    if (name === undefined) return { apply: plain, path: splitPath(path), argument: '' };
    const near = nearest(name, functions.keys());
    throw new UsageError(`templates have no function ${JSON.stringify(name)}`, {
      hint: near === undefined ? `There is: ${[...functions.keys()].join(', ')}.` : `Did you mean ${near}?`,
    });
  }
  return { apply, path: splitPath(path), argument: argument === undefined ? ',' : unescape(argument.slice(1, -1)) };
}

function splitPath(path: string): readonly string[] {
  return path === '' ? [] : path.split('.');
}

function unescape(text: string): string {
  return text.replace(/\\([tn\\"])/g, (_, letter: string) => (letter === 't' ? '\t' : letter === 'n' ? '\n' : letter));
}

/**
 * Fills a template for each row. Field names match with either case of their first letter, or else in any case.
 *
 * @param onMistake is told of what would be thrown; then an unknown field is blank, and what cannot be joined is as it is.
 * @throws UsageError when a field is in none of the rows, naming the nearest; unless there is `onMistake`.
 */
export function fillTemplate(
  template: Template,
  rows: readonly unknown[],
  onMistake?: (mistake: UsageError) => void,
): readonly string[] {
  const columns = template.map((part) => {
    if (typeof part === 'string') return part;
    const values = forgiving(() => lookUpAll(part.path, rows), onMistake) ?? rows.map(() => undefined);
    return (
      forgiving(() => values.map((value) => part.apply(value, part.argument, part.path)), onMistake) ??
      values.map(plain)
    );
  });
  return rows.map((_, index) =>
    columns.map((column) => (typeof column === 'string' ? column : column[index])).join(''),
  );
}

/** Undefined after a mistake that was told. */
function forgiving<T>(fill: () => T, onMistake: ((mistake: UsageError) => void) | undefined): T | undefined {
  try {
    return fill();
  } catch (error) {
    if (onMistake === undefined || !(error instanceof UsageError)) throw error;
    onMistake(error);
    return undefined;
  }
}

/**
 * Checks a template before there is anything to fill it with. What is inside of a property is not known yet.
 *
 * @param properties an object that has every property a value may have; what they hold does not matter.
 * @throws UsageError for a property that is not among them, naming the nearest.
 */
export function checkTemplate(template: Template, properties: object): void {
  for (const part of template) if (typeof part !== 'string') lookUpAll(part.path.slice(0, 1), [properties]);
}

/** The heading of a template's columns: `NAME\tSTATE` for `{{.name}}\t{{.state}}`. */
export function templateHeading(template: Template): string {
  return template.map((part) => (typeof part === 'string' ? part : (part.path.at(-1) ?? '').toUpperCase())).join('');
}

/** The value at a path in each row; undefined where a row has none. */
function lookUpAll(path: readonly string[], rows: readonly unknown[]): readonly unknown[] {
  let values = rows;
  for (const [depth, name] of path.entries()) {
    const next = values.map((value) => property(value, name));
    // A null on the way is a value that is not there now, not a field that does not exist.
    const known = values.length === 0 || next.some(({ found }) => found) || values.every((value) => value == null);
    if (!known) throw unknownField(path.slice(0, depth + 1), values);
    values = next.map(({ value }) => value);
  }
  return values;
}

function property(value: unknown, name: string): { readonly found: boolean; readonly value: unknown } {
  if (typeof value !== 'object' || value === null) return { found: false, value: undefined };
  const lower = name.toLowerCase();
  const first = name.slice(0, 1);
  const swapped = (first === first.toUpperCase() ? first.toLowerCase() : first.toUpperCase()) + name.slice(1);
  let loose: { readonly found: boolean; readonly value: unknown } = { found: false, value: undefined };
  for (const [key, entry] of Object.entries(value)) {
    if (key === name) return { found: true, value: entry };
    if (key === swapped || (!loose.found && key.toLowerCase() === lower)) loose = { found: true, value: entry };
  }
  return loose;
}

function unknownField(path: readonly string[], values: readonly unknown[]): UsageError {
  const fields = new Set<string>();
  for (const value of values) {
    if (typeof value === 'object' && value !== null) for (const key of Object.keys(value)) fields.add(key);
  }
  const near = nearest(path.at(-1) ?? '', fields);
  const prefix = ['', ...path.slice(0, -1)].join('.');
  const list = [...fields].map((field) => `${prefix}.${field}`).join(', ');
  const hint =
    near !== undefined
      ? `Did you mean ${prefix}.${near}?`
      : list === ''
        ? 'It is not an object.'
        : `There is: ${list}.`;
  return new UsageError(`the template names an unknown field .${path.join('.')}`, { hint });
}

function plain(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return stripControl(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((entry) => typeof entry !== 'object')) return value.map(plain).join(',');
  return JSON.stringify(value);
}

function join(value: unknown, separator: string, path: readonly string[]): string {
  if (value === undefined || value === null) return '';
  if (!Array.isArray(value)) throw new UsageError(`the template joins .${path.join('.')}, which is not a list`);
  return value.map(plain).join(separator);
}
