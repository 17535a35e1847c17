/**
 * The grammar of `$VAR` and `${VAR...}` in one text (reference/compose/SPEC.md I1-I10), shared by Compose files and
 * env files.
 */

/** Gives the value of a variable, or undefined where it is not set. */
export type Lookup = (name: string) => string | undefined;

/** The text is not a template: `${`, `${1A}`, `${A!x}`. */
export class InvalidTemplateError extends Error {
  readonly template: string;

  constructor(template: string) {
    super(`invalid template: ${template}`);
    this.template = template;
  }
}

/** `${V:?message}` without a value. */
export class MissingVariableError extends Error {
  readonly variable: string;

  constructor(variable: string, text: string) {
    super(`required variable ${variable} is missing a value${text === '' ? '' : `: ${text}`}`);
    this.variable = variable;
  }
}

type Operator = '' | ':-' | '-' | ':+' | '+' | ':?' | '?';

interface Expression {
  readonly name: string;
  readonly operator: Operator;
  /** What follows the operator, itself a template. */
  readonly argument: string;
}

type Part = string | Expression;

/** Levels of `${A:-${B:-...}}`. */
const deepest = 100;

/**
 * Replaces the variables of `text`. `onUnset` is told of each variable that is blank for want of a value. Throws
 * `InvalidTemplateError` or `MissingVariableError`.
 */
export function substitute(
  text: string,
  lookup: Lookup,
  onUnset: (name: string) => void = () => undefined,
  depth = 0,
): string {
  if (!text.includes('$')) return text;
  if (depth > deepest) throw new InvalidTemplateError(text);
  let result = '';
  for (const part of parts(text)) {
    result +=
      typeof part === 'string'
        ? part
        : evaluate(part, (argument) => substitute(argument, lookup, onUnset, depth + 1), lookup, onUnset);
  }
  return result;
}

/** `inner` replaces the variables of an argument; only the branch taken is looked at (I4). */
function evaluate(
  { name, operator, argument }: Expression,
  inner: (argument: string) => string,
  lookup: Lookup,
  onUnset: (name: string) => void,
): string {
  const value = lookup(name);
  const given = value !== undefined && (value !== '' || !operator.startsWith(':'));
  switch (operator) {
    case ':-':
    case '-':
      return given ? value : inner(argument);
    case ':+':
    case '+':
      return given ? inner(argument) : '';
    case ':?':
    case '?':
      if (!given) throw new MissingVariableError(name, inner(argument));
      return value;
    case '':
      if (value === undefined) onUnset(name);
      return value ?? '';
  }
}

/** A variable as `config --variables` lists it (SPEC.md I19). */
export interface ComposeVariable {
  readonly name: string;
  readonly defaultValue: string | null;
  readonly alternateValue: string | null;
  readonly required: boolean;
}

/** Tells `found` of every variable of `text`, those inside defaults too. Throws `InvalidTemplateError`. */
export function findVariables(text: string, found: (variable: ComposeVariable) => void, depth = 0): void {
  if (!text.includes('$')) return;
  if (depth > deepest) throw new InvalidTemplateError(text);
  for (const part of parts(text)) {
    if (typeof part === 'string') continue;
    const { name, operator, argument } = part;
    found({
      name,
      defaultValue: operator.endsWith('-') ? argument : null,
      alternateValue: operator.endsWith('+') ? argument : null,
      required: operator.endsWith('?'),
    });
    findVariables(argument, found, depth + 1);
  }
}

const nameStart = /[_a-zA-Z]/;
const namePattern = /[_a-zA-Z][_a-zA-Z0-9]*/y;
const expressionPattern = /^([_a-zA-Z][_a-zA-Z0-9]*)(:-|-|:\+|\+|:\?|\?|$)/;

function* parts(text: string): Generator<Part> {
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    if (dollar === -1) break;
    yield text.slice(at, dollar);
    const next = text[dollar + 1] ?? '';
    if (next === '{') {
      const end = closingBrace(text, dollar + 2);
      yield expression(text.slice(dollar + 2, end), text);
      at = end + 1;
    } else if (nameStart.test(next)) {
      namePattern.lastIndex = dollar + 1;
      const name = namePattern.exec(text)?.[0] ?? '';
      yield { name, operator: '', argument: '' };
      at = dollar + 1 + name.length;
    } else {
      // `$$` is one dollar; a dollar before anything else stays.
      yield '$';
      at = dollar + (next === '$' ? 2 : 1);
    }
  }
  yield text.slice(at);
}

function closingBrace(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && depth-- === 0) return at;
  }
  throw new InvalidTemplateError(text);
}

function expression(inner: string, template: string): Expression {
  const match = expressionPattern.exec(inner);
  const [whole, name, operator] = match ?? [];
  if (whole === undefined || name === undefined || !isOperator(operator)) throw new InvalidTemplateError(template);
  return { name, operator, argument: inner.slice(whole.length) };
}

function isOperator(text: string | undefined): text is Operator {
  return text !== undefined;
}
