import { parseAllDocuments, type ScalarTag, type Tags } from 'yaml';
import { Converter, type ComposeDocument } from './convert.js';
import type { Source } from './source.js';

/**
 * YAML text to trees (reference/compose/SPEC.md Y1-Y16, P1). An integer is also octal when it begins with 0, has
 * `0b` forms and underscores; one that a number cannot hold stays text, digit by digit.
 */
const integer: ScalarTag = {
  default: true,
  tag: 'tag:yaml.org,2002:int',
  identify: () => false,
  test: /^[-+]?(?:0[oO][0-7_]+|0[bB][01_]+|0[xX][0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)$/,
  resolve: (text) => {
    const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
    const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
    const value = text.startsWith('-') ? -size : size;
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  },
};

const options = {
  version: '1.2',
  schema: 'core',
  // Keys are compared by the converter: the library compares every pair of keys of a mapping.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
  customTags: (tags: Tags): Tags => [
    integer,
    ...tags.filter((tag) => typeof tag === 'string' || tag.tag !== integer.tag),
    'binary',
  ],
} as const;

/** The documents of a file, in order; none for an empty file. Throws `ComposeError` with the position. */
export function parseSource(source: Source): readonly ComposeDocument[] {
  const parsed = parseAllDocuments(source.text, options);
  if (!Array.isArray(parsed)) return [];
  const documents: ComposeDocument[] = [];
  for (const document of parsed) {
    const error = document.errors[0];
    if (error !== undefined) {
      const { line } = source.position(error.pos[0]);
      throw source.error(error.pos[0], `yaml: line ${line ?? 1}: ${lowerFirst(error.message)}`);
    }
    if (document.contents === null) continue;
    const converted = new Converter(source, document.contents).convert();
    if (converted !== undefined) documents.push(converted);
  }
  return documents;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
