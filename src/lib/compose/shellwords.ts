/** Why a command line cannot be split. */
class CommandLineError extends Error {}

/**
 * Splits a command line into words like a POSIX shell, without expansions (reference/compose/SPEC.md A30): backquotes,
 * `$(` and `#` are ordinary; an unquoted `;`, `|`, `&`, `<` or `>` ends the line. Throws `CommandLineError`.
 */
export function splitCommandLine(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    const character = line.charAt(at);
    if (/[\s]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
    } else if (/[;|&<>]/.test(character)) {
      // A number before `>` is a file descriptor.
      if (character === '>' && /^\d+$/.test(word ?? '')) word = undefined;
      break;
    } else if (/[()]/.test(character) && line.charAt(at - 1) !== '$') {
      throw new CommandLineError('invalid command line string: unquoted parenthesis');
    } else {
      const piece = readPiece(line, at);
      word = (word ?? '') + piece.text;
      at = piece.end;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

interface Piece {
  readonly text: string;
  readonly end: number;
}

/** One quoted part, escaped character or ordinary character. */
function readPiece(line: string, at: number): Piece {
  const character = line.charAt(at);
  if (character === "'") {
    const end = line.indexOf("'", at + 1);
    if (end === -1) throw new CommandLineError('invalid command line string: unbalanced quote');
    return { text: line.slice(at + 1, end), end: end + 1 };
  }
  if (character === '"') return readDoubleQuoted(line, at + 1);
  if (character === '\\') {
    if (at + 1 >= line.length) throw new CommandLineError('invalid command line string: nothing after the backslash');
    return { text: line.charAt(at + 1), end: at + 2 };
  }
  if (character === '$' && line.charAt(at + 1) === '(') return readSubstitution(line, at);
  return { text: character, end: at + 1 };
}

function readDoubleQuoted(line: string, from: number): Piece {
  let text = '';
  for (let at = from; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '"') return { text, end: at + 1 };
    if (character === '\\' && at + 1 < line.length) text += line.charAt(++at);
    else text += character;
  }
  throw new CommandLineError('invalid command line string: unbalanced quote');
}

/** `$(...)` is kept as it is. */
function readSubstitution(line: string, from: number): Piece {
  const end = line.indexOf(')', from);
  if (end === -1) throw new CommandLineError('invalid command line string: unbalanced parenthesis');
  return { text: line.slice(from, end + 1), end: end + 1 };
}
