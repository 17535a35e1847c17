/*
 * JSON as text. What a terminal could act on although JSON allows it (C1 controls, bidi controls) is escaped, which
 * changes nothing for who parses it.
 */

const risky = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A JSON document indented by two blanks, with its line end. */
export function jsonText(value: unknown): string {
  return `${escapeRisky(JSON.stringify(value ?? null, null, 2))}\n`;
}

/** JSON on one line, with its line end. */
export function jsonLine(value: unknown): string {
  return `${escapeRisky(JSON.stringify(value ?? null))}\n`;
}

/** Text of JSON or YAML with what a terminal could act on as `\uXXXX`, which both read as the same. */
export function escapeRisky(text: string): string {
  return text.replace(risky, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
