import { substitute, type Lookup } from './template.js';

/**
 * The grammar of env files: `.env`, `env_file`, `label_file` (reference/compose/SPEC.md E10-E25).
 */

/** A line of an env file is wrong. */
export class EnvFileError extends Error {
  /** Counts from 1. */
  readonly line: number;

  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
    this.line = line;
  }
}

const blank = /[^\S\n]*/y;
const keyPattern = /[^=:\n]*/y;
const badKeyCharacter = /[^\p{L}\p{N}\s_.\-[\]]/u;

/**
 * The variables of `text`. Values see those of `lookup` first, then keys further up and `earlier` (E21). Throws
 * `EnvFileError`, and the errors of `substitute`.
 */
export function parseEnvFile(text: string, lookup: Lookup, earlier: ReadonlyMap<string, string>): Map<string, string> {
  return new EnvFileParser(text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'), lookup, earlier).parse();
}

class EnvFileParser {
  private at = 0;
  private line = 1;
  private readonly found = new Map<string, string>();
  private readonly text: string;
  private readonly lookup: Lookup;

  constructor(text: string, lookup: Lookup, earlier: ReadonlyMap<string, string>) {
    this.text = text;
    this.lookup = (name) => lookup(name) ?? this.found.get(name) ?? earlier.get(name);
  }

  parse(): Map<string, string> {
    while (this.skipToStatement()) {
      const key = this.readKey();
      if (this.text[this.at] === '=' || this.text[this.at] === ':') {
        this.at++;
        this.match(blank);
        this.found.set(key, this.readValue());
      } else {
        const inherited = this.lookup(key);
        if (inherited !== undefined) this.found.set(key, inherited);
      }
    }
    return this.found;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  /** Skips blanks, blank lines and comments; false at the end. */
  private skipToStatement(): boolean {
    for (;;) {
      for (const character of this.match(/\s*/y)) if (character === '\n') this.line++;
      if (this.text[this.at] !== '#') return this.at < this.text.length;
      this.match(/[^\n]*/y);
    }
  }

  private readKey(): string {
    this.match(/export[^\S\n]+/y);
    const raw = this.match(keyPattern);
    const bad = badKeyCharacter.exec(raw);
    if (bad !== null) {
      const statement = raw + this.peekLine();
      throw new EnvFileError(
        this.line,
        `unexpected character ${JSON.stringify(bad[0])} in variable name ${JSON.stringify(statement)}`,
      );
    }
    const key = raw.trim();
    if (/\s/.test(key)) throw new EnvFileError(this.line, 'key cannot contain a space');
    return key;
  }

  private peekLine(): string {
    const end = this.text.indexOf('\n', this.at);
    return this.text.slice(this.at, end === -1 ? undefined : end);
  }

  private readValue(): string {
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") return this.readQuoted(quote);
    const raw = this.match(/[^\n]*/y);
    const comment = raw.indexOf(' #');
    return substitute((comment === -1 ? raw : raw.slice(0, comment)).trimEnd(), this.lookup);
  }

  private readQuoted(quote: '"' | "'"): string {
    const opening = this.peekLine();
    const body = this.match(quote === '"' ? /"(?:[^"\\]|\\[^])*"/y : /'(?:[^'\\]|\\[^])*'/y);
    if (body === '') throw new EnvFileError(this.line, `unterminated quoted value ${opening}`);
    for (const character of body) if (character === '\n') this.line++;
    const inner = body.slice(1, -1);
    if (quote === "'") return inner.replaceAll("\\'", "'");
    return substitute(expandEscapes(inner.replaceAll('\\"', '"')), this.lookup);
  }
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  // The template grammar writes a literal dollar as `$$`.
  $: '$$',
};

/** E18: other escapes, `\c` among them, stay as they are. */
function expandEscapes(text: string): string {
  return text.replace(
    /\\(?:0([0-7]{1,3})|([abfnrtv$"\\]))/g,
    (_, octal: string | undefined, letter: string | undefined) =>
      octal === undefined ? (escapes[letter ?? ''] ?? '') : String.fromCharCode(parseInt(octal, 8) & 0xff),
  );
}

/** `format: raw` (E25): no quotes, no comments, no variables; `KEY` alone comes from `lookup`. */
export function parseRawEnvFile(text: string, lookup: Lookup): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const at = line.indexOf('=');
    const key = (at === -1 ? line : line.slice(0, at)).trim();
    const value = at === -1 ? lookup(key) : line.slice(at + 1);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}
