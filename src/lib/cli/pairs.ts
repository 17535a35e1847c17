import { UsageError } from '../port/errors.js';

/** How words of a kind are written, for messages. */
interface PairForm {
  /** `KEY=VALUE` */
  readonly shape: string;
  readonly example: string;
  /** What the part before the `=` is called. */
  readonly called: string;
  /** What it has to be. */
  readonly key: RegExp;
  /** The same in words: a sentence. */
  readonly rule: string;
}

const variable: PairForm = {
  shape: 'KEY=VALUE',
  example: 'MODE=test',
  called: 'name of a variable',
  key: /^[A-Za-z_][A-Za-z0-9_]*$/,
  rule: 'Names of variables are letters, digits and _, and do not begin with a digit.',
};

const label: PairForm = {
  shape: 'KEY=VALUE',
  example: 'disk=ssd',
  called: 'key of a label',
  key: /^[A-Za-z0-9._-]+$/,
  rule: 'Keys and values of labels are letters, digits, ., _ and -.',
};

/**
 * Variables of the environment from words `KEY=VALUE`; a value may be empty and hold anything.
 *
 * @throws UsageError for a word of another form or a name given twice. Values are not told: they may be secrets.
 */
export function parseVariables(words: readonly string[]): Readonly<Record<string, string>> {
  return parsePairs(words, variable);
}

/**
 * Labels from words `KEY=VALUE` with exactly one `=`.
 *
 * @throws UsageError for a word of another form, what cannot be a label, or a key given twice.
 */
export function parseLabels(words: readonly string[]): Readonly<Record<string, string>> {
  const wrong = words.find((word) => word.split('=').length > 2);
  if (wrong !== undefined) throw new UsageError(`${JSON.stringify(wrong)} has more than one =`, hintOf(label));
  const labels = parsePairs(words, label);
  const odd = Object.values(labels).find((value) => !label.key.test(value));
  if (odd === undefined) return labels;
  throw new UsageError(`${JSON.stringify(odd)} is no value of a label`, { hint: label.rule });
}

/** @throws UsageError for a text that cannot be the name of a variable, or one that is there twice. */
export function checkVariableNames(names: readonly string[]): void {
  checkKeys(names, variable);
}

/** What takes labels away. @throws UsageError for a text that cannot be the key of one, or that is there twice. */
export function removedLabels(keys: readonly string[]): Readonly<Record<string, null>> {
  checkKeys(keys, label);
  return nulls(keys);
}

/** What takes variables away. @throws UsageError for a text that cannot be the name of one, or that is there twice. */
export function removedVariables(names: readonly string[]): Readonly<Record<string, null>> {
  checkVariableNames(names);
  return nulls(names);
}

function nulls(keys: readonly string[]): Readonly<Record<string, null>> {
  return Object.fromEntries(keys.map((key) => [key, null]));
}

function parsePairs(words: readonly string[], form: PairForm): Readonly<Record<string, string>> {
  const pairs = words.map((word): readonly [string, string] => {
    const at = word.indexOf('=');
    if (at === -1) throw new UsageError(`${JSON.stringify(word)} is not ${form.shape}`, hintOf(form));
    return [word.slice(0, at), word.slice(at + 1)];
  });
  checkKeys(
    pairs.map(([key]) => key),
    form,
  );
  return Object.fromEntries(pairs);
}

function checkKeys(keys: readonly string[], form: PairForm): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (!form.key.test(key)) {
      throw new UsageError(`${JSON.stringify(key)} is no ${form.called}`, { hint: form.rule });
    }
    if (seen.has(key)) throw new UsageError(`${key} is named twice`);
    seen.add(key);
  }
}

function hintOf({ shape, example }: PairForm): { readonly hint: string } {
  return { hint: `Write ${shape}, for example ${example}.` };
}
