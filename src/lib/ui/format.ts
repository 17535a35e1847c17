import { UsageError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { parseTemplate, type Template } from './template.js';

/** Every format has a name, but for templates, which every command takes. */
const formatNames = ['table', 'wide', 'json', 'jsonl', 'yaml', 'csv', 'name'] as const;

type FormatName = (typeof formatNames)[number];

/** The formats that each kind of view has, besides templates. */
export const formatsOf = {
  list: formatNames,
  detail: formatNames,
  mutation: ['table', 'wide', 'json', 'jsonl', 'yaml', 'name'],
  stream: ['table', 'json', 'jsonl', 'yaml'],
  text: ['table', 'json', 'jsonl', 'yaml'],
} as const satisfies Readonly<Record<string, readonly FormatName[]>>;

/** `table, json, or a {{template}}`. */
export function formatChoice(kind: keyof typeof formatsOf): string {
  return `${formatsOf[kind].join(', ')}, or a {{template}}`;
}

/** @throws UsageError for a format that views of this kind do not have. */
export function requireFormat(format: Format, kind: keyof typeof formatsOf): void {
  const names: readonly string[] = formatsOf[kind];
  if (format.kind !== 'template' && !names.includes(format.kind)) throw unfit(format, kind);
}

/** The command has nothing to print in this format. */
export function unfit(format: Format, kind: keyof typeof formatsOf): UsageError {
  return new UsageError(`this command has no ${formatName(format)}`, { hint: `Use one of ${formatChoice(kind)}.` });
}

/** How a result is printed. `template` prints a line a row; with `table` aligned, below a heading. */
export type Format =
  { readonly kind: FormatName } | { readonly kind: 'template'; readonly template: Template; readonly table: boolean };

/**
 * Reads the value of `--format`: a name, `{{template}}` or `table {{template}}`.
 *
 * @throws UsageError with the nearest name, or what is wrong in the template.
 */
export function parseFormat(text: string): Format {
  const name = formatNames.find((candidate) => candidate === text);
  if (name !== undefined) return { kind: name };
  if (text.includes('{{')) {
    const table = /^table\s+/.exec(text)?.[0];
    return { kind: 'template', template: parseTemplate(text.slice(table?.length ?? 0)), table: table !== undefined };
  }
  const near = nearest(text, formatNames);
  throw new UsageError(`unknown format ${JSON.stringify(text)}`, {
    hint: near === undefined ? `Use one of ${formatNames.join(', ')}, or a {{template}}.` : `Did you mean ${near}?`,
  });
}

/** The format as messages name it. */
export function formatName(format: Format): string {
  return format.kind === 'template' ? 'a template' : `format ${format.kind}`;
}
