import { Document, visit } from 'yaml';
import { escapeRisky } from './document.js';

const risky = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** A YAML document, with its line end. Loaded by `import()`, as it brings the yaml library with it. */
export function yamlText(value: unknown): string {
  // Through JSON, so that both formats hold the same: no undefined, no aliases.
  const document = new Document(JSON.parse(JSON.stringify(value ?? null)), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      // Only double quotes have escapes.
      if (typeof node.value === 'string' && risky.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return escapeRisky(document.toString({ lineWidth: 0 }));
}
