/** Commands that end in a command line of somebody else's, and how many words of ours come before it. */
export const passingCommands: ReadonlyMap<string, number> = new Map([
  ['exec', 1],
  ['container:exec', 1],
  ['apps:run', 0],
]);

/** The flags of these commands that take a value: a flag that any of them has means the same in all. */
const valueFlags = {
  long: new Set(['--user', '--workdir', '--env', '--app', '--backend']),
  letter: /[uwea]/,
};

/**
 * Puts `--` in front of the words that are not ours: `exec web ls -l` becomes `exec web -- ls -l`. Whoever reads the argv
 * afterwards (for `--help`, for `--json`, for flags) stops there. An argv that has a `--` already, and one of any other
 * command, comes back as it is.
 */
export function separatePassedWords(argv: readonly string[]): readonly string[] {
  const command: string[] = [];
  let ours: number | undefined;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index];
    if (word === undefined || word === '--') return argv;
    if (word.startsWith('-') && word !== '-') {
      if (takesNextWord(word)) index++;
    } else if (ours === undefined) {
      command.push(word);
      ours = passingCommands.get(command.join(':'));
      if (ours === undefined && command.length > 1) return argv;
    } else if (ours > 0) {
      ours--;
    } else {
      return [...argv.slice(0, index), '--', ...argv.slice(index)];
    }
  }
  return argv;
}

/** Whether the value of a flag is the next word: not of `--user=ann`, `-uann`; of the last letter of `-itu ann`. */
function takesNextWord(flag: string): boolean {
  if (flag.startsWith('--')) return valueFlags.long.has(flag);
  const letters = flag.slice(1);
  const first = letters.search(valueFlags.letter);
  return first >= 0 && first === letters.length - 1;
}
