import { UsageError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { parseTemplate, type Template } from './template.js';

const formatNames = ['table', 'wide', 'json', 'jsonl', 'yaml', 'csv', 'name'] as const;

export type FormatName = (typeof formatNames)[number];

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
