/** A line as bash hands it over, read as bash would. */
export interface BashLine {
  /** Words between the program's name and the cursor's word, without their quotes. */
  readonly previous: readonly string[];
  /** The cursor's word up to the cursor, without its quotes. */
  readonly current: string;
  /** How many characters of `current` stay on the line: bash replaces only what is behind the last word break. */
  readonly kept: number;
  /** The quote that is open at the cursor; empty when there is none. */
  readonly quote: '' | '"' | "'";
}

interface Word {
  text: string;
  kept: number;
  quote: '' | '"' | "'";
}

/**
 * Reads a command line up to the cursor. Nothing is expanded.
 *
 * @param breaks `COMP_WORDBREAKS`: characters behind which bash begins a new word to complete.
 */
export function readBashLine(typed: string, breaks: string): BashLine {
  const words: Word[] = [];
  let word: Word | undefined;
  for (let at = 0; at < typed.length; at++) {
    const character = typed.charAt(at);
    if (word?.quote) {
      at += readQuoted(word, typed, at, breaks);
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word ??= { text: '', kept: 0, quote: '' };
      at += readPlain(word, typed, at, breaks);
    }
  }
  const current = word ?? { text: '', kept: 0, quote: '' };
  const texts = words.map(({ text }) => text);
  const program = texts.findIndex((text) => !/^\w+=/.test(text));
  return {
    previous: texts.slice(program + 1),
    current: current.text,
    kept: current.kept,
    quote: current.quote,
  };
}

/** Reads one character outside quotes; gives how many more it took. */
function readPlain(word: Word, typed: string, at: number, breaks: string): number {
  const character = typed.charAt(at);
  if (character === '"' || character === "'") {
    word.quote = character;
    word.kept = word.text.length;
    return 0;
  }
  if (character === '\\') {
    word.text += typed.charAt(at + 1);
    return 1;
  }
  word.text += character;
  if (breaks.includes(character)) word.kept = word.text.length;
  return 0;
}

/** Reads one character inside quotes; gives how many more it took. */
function readQuoted(word: Word, typed: string, at: number, breaks: string): number {
  const character = typed.charAt(at);
  if (character === word.quote) {
    word.quote = '';
    if (breaks.includes(character)) word.kept = word.text.length;
    return 0;
  }
  const next = typed.charAt(at + 1);
  if (word.quote === '"' && character === '\\' && /["\\$`]/.test(next)) {
    word.text += next;
    return 1;
  }
  word.text += character;
  return 0;
}

/** Spells text so that bash reads it back, inside the quote that is open. Line ends are not taken. */
export function quoteForBash(text: string, quote: BashLine['quote']): string {
  if (quote === "'") return text.replaceAll("'", `'\\''`);
  if (quote === '"') return text.replaceAll(/["\\$`]/g, '\\$&');
  return text.replaceAll(/[^\w@%+=:,./\u0080-\uffff-]/g, '\\$&');
}
