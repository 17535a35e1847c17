import { EnvFileError, parseEnvFile } from '../compose/dotenv.js';
import { InputError } from '../port/errors.js';
import { checkVariableNames } from './pairs.js';

/**
 * The variables of a .env text, later ones over earlier. Quotes, `export`, comments and escapes as in Compose's files, but
 * nothing is replaced: a `$` in a value stays.
 *
 * @param shown how errors name where the text comes from.
 * @throws InputError with the line. No value is told: it may be a secret.
 */
export function parseDotenv(text: string, shown: string): Readonly<Record<string, string>> {
  const dollars = new Dollars(text);
  const bare: string[] = [];
  const found = parsed(dollars.hidden, shown, (key) => bare.push(key));
  const variables = Object.fromEntries([...found].map(([key, value]) => [key, dollars.restore(value)]));
  for (const key of bare) {
    // `export KEY` after `KEY=value` is how shells are told; the value is there.
    if (!found.has(key)) throw wrongFile(shown, undefined, `${dollars.restore(key)} has no value`);
  }
  for (const [key, value] of Object.entries(variables)) {
    checkName(dollars.restore(key), shown);
    if (value.includes('\0')) throw wrongFile(shown, undefined, `the value of ${key} holds a NUL character`);
  }
  return variables;
}

/**
 * A .env text that `parseDotenv` and Compose read back as the same variables.
 *
 * @param variables no NUL characters, which no environment can hold.
 */
export function formatDotenv(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([key, value]) => `${key}=${quoted(value)}\n`)
    .join('');
}

function quoted(value: string): string {
  if (/^[A-Za-z0-9_.,:/@%+=-]*$/.test(value)) return value;
  // Nothing is special between single quotes but the quote, and a backslash to some readers; CRLF would become LF.
  if (!/['\\\r]/.test(value)) return `'${value}'`;
  return `"${value.replace(/[\\"$\n\r\t]/g, (character) => escapes[character] ?? `\\${character}`)}"`;
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function parsed(text: string, shown: string, onBareKey: (key: string) => void): Map<string, string> {
  const lookup = (key: string): undefined => {
    onBareKey(key);
  };
  try {
    return parseEnvFile(text, lookup, new Map());
  } catch (error) {
    if (error instanceof EnvFileError) throw wrongFile(shown, error.line, reasonOf(error));
    // Only a dollar written as an octal escape gets as far as being replaced.
    throw wrongFile(shown, undefined, 'a dollar cannot be written as \\044', error);
  }
}

/** What is wrong, without the parser's quotation of the line. */
function reasonOf({ message }: EnvFileError): string {
  if (message.includes('unterminated quoted value')) return 'a quote is not closed';
  if (message.includes('cannot contain a space')) return 'a name cannot contain a blank';
  return 'this is not KEY=VALUE';
}

function checkName(key: string, shown: string): void {
  try {
    checkVariableNames([key]);
  } catch (cause) {
    throw wrongFile(shown, undefined, `${JSON.stringify(key)} is no name of a variable`, cause);
  }
}

function wrongFile(file: string, line: number | undefined, what: string, cause?: unknown): InputError {
  return new InputError(`${file}: ${what}`, {
    hint: 'Lines are KEY=VALUE, names letters, digits and _; # begins a comment.',
    position: { file, ...(line !== undefined && { line }) },
    cause,
  });
}

/**
 * Keeps the dollars of a text from a parser that replaces variables: two characters that the text does not have stand for
 * them, one for a dollar behind an escaping backslash. There the backslash is doubled, so that between double quotes the
 * parser makes one of the two and everywhere else leaves both; either way one too many is in front of the mark.
 */
class Dollars {
  readonly hidden: string;
  readonly #plain: string;
  readonly #escaped: string;

  constructor(text: string) {
    [this.#plain, this.#escaped] = unused(text);
    this.hidden = text.replace(/(\\*)\$/g, (_, slashes: string) =>
      slashes.length % 2 === 0 ? slashes + this.#plain : `${slashes}\\${this.#escaped}`,
    );
  }

  restore(text: string): string {
    return text.replaceAll(`\\${this.#escaped}`, '$').replaceAll(this.#plain, '$');
  }
}

/** Two characters for private use that are not in the text. */
function unused(text: string): readonly [string, string] {
  const [one, other] = Array.from({ length: 0x1900 }, (_, index) => String.fromCharCode(0xe000 + index)).filter(
    (character) => !text.includes(character),
  );
  if (one === undefined || other === undefined) throw new InputError('the file uses every character there is');
  return [one, other];
}
