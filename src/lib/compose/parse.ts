import { parseAllDocuments, type ParsedNode, type ScalarTag, type Tags } from 'yaml';
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
  test: /^[-+]?(?:0[oO][0-7_]+|0[bB][01_]+|0[xX][0-9a-fA-F_]+|[0-9][0-9_]*)$/,
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
  const parsed = parseText(source);
  if (!Array.isArray(parsed)) return [];
  const documents: ComposeDocument[] = [];
  for (const document of parsed) {
    const error = document.errors[0];
    if (error !== undefined) {
      // What is missing at the end is shown on the last line that says something.
      const offset = Math.min(error.pos[0], Math.max(0, source.text.trimEnd().length - 1));
      const { line } = source.position(offset);
      throw source.error(offset, `yaml: line ${line ?? 1}: ${problem(error.message)}`);
    }
    if (document.contents === null) continue;
    const converted = new Converter(source, document.contents).convert();
    if (converted !== undefined) documents.push(converted);
  }
  return documents;
}

function parseText(source: Source): ReturnType<typeof parseAllDocuments<ParsedNode>> {
  try {
    return parseAllDocuments(source.text, options);
  } catch (error) {
    // The parser recurses; its stack ends before anything sensible does.
    if (error instanceof RangeError) throw source.error(0, 'yaml: nested too deeply');
    throw error;
  }
}

function problem(text: string): string {
  if (text.includes('call stack')) return 'nested too deeply';
  return text.charAt(0).toLowerCase() + text.slice(1);
}
