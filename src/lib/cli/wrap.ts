import { stripControl } from '../ui/terminal.js';

/** What is left for words between an indentation and the edge is never less than this. */
const leastRoom = 20;

/**
 * Text in lines of at most `width` cells, broken between words only: a word that is longer stands alone and sticks out.
 * Line ends of the text stay, and what a line begins with is kept for the lines it becomes.
 *
 * @param text of plain characters, which may be styled.
 */
export function wrapText(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const indent = /^ */.exec(line)?.[0] ?? '';
    return joined(line.trim().split(/ +/), Math.max(leastRoom, width) - indent.length).map((part) =>
      `${indent}${part}`.trimEnd(),
    );
  });
}

/** The same for a command line of a shell: what is in quotes is not broken, and all but the last line go on with `\`. */
export function wrapCommand(line: string, width: number): readonly string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const parts = joined(words, Math.max(leastRoom, width) - continuation.length);
  return parts.map((part, at) => `${at === 0 ? '' : '    '}${part}${at === parts.length - 1 ? '' : ' \\'}`);
}

const continuation = '     \\';

/**
 * Names with what is said of each: in two columns, or where the second would be narrow, below each other.
 *
 * @returns lines without an indentation of their own, but for names that have one.
 */
export function wrapTable(
  entries: readonly (readonly [name: string, text: string])[],
  width: number,
): readonly string[] {
  const left = Math.max(0, ...entries.map(([name]) => widthOf(name))) + 2;
  const room = width - left;
  const narrow = room < leastColumn && entries.some(([, text]) => widthOf(text) > room);
  return entries.flatMap(([name, text]) => {
    if (narrow) return [name, ...wrapText(text, width - 8).map((line) => `        ${line}`)];
    const [first = '', ...more] = wrapText(text, room);
    const head = `${name}${' '.repeat(left - widthOf(name))}${first}`.trimEnd();
    return [head, ...more.map((line) => `${' '.repeat(left)}${line}`)];
  });
}

const leastColumn = 30;

function joined(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of words) {
    const longer: string = line === undefined ? word : `${line} ${word}`;
    if (line === undefined || widthOf(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line ?? ''];
}

function widthOf(text: string): number {
  return stripControl(text).length;
}
