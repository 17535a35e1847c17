/** Whether a flag (`-f`, `--file`) takes a value on the commands of a noun; undefined where they disagree or have none. */
export type TakesValue = (noun: string | undefined, flag: string) => boolean | undefined;

/**
 * Puts flags that stand before the verb behind it: `compose -f a.yaml config` is how `docker compose` is typed.
 *
 * @param isCommand whether words (a noun, a noun and a verb ...) are a whole command.
 * @returns the argv with the words of the command first; unchanged where a flag in front cannot be read for certain.
 */
export function verbFirst(
  argv: readonly string[],
  isCommand: (words: readonly string[]) => boolean,
  takesValue: TakesValue,
): readonly string[] {
  const words: string[] = [];
  const flags: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const token = argv[index];
    if (token === undefined || token === '--') return argv;
    if (!token.startsWith('-') || token === '-') {
      words.push(token);
      if (!isCommand(words)) continue;
      return flags.length === 0 ? argv : [...words, ...flags, ...argv.slice(index + 1)];
    }
    const value = token.includes('=') ? false : takesValue(words[0], token);
    if (value === undefined) return argv;
    flags.push(token);
    if (value) flags.push(...argv.slice(++index, index + 1));
  }
  return argv;
}
