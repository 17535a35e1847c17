import { UsageError } from '../port/errors.js';
import { type ProgressMode, progressModes } from '../ui/progress.js';
import { type Environment, variable } from './environment.js';
import { separatePassedWords } from './passed-words.js';

/**
 * How a command shows its progress: as `--progress` says, else as BERTH_PROGRESS does, else `auto`.
 *
 * @throws UsageError for a value of BERTH_PROGRESS that there is not.
 */
export function progressMode(flag: unknown, env: Environment): ProgressMode {
  if (isMode(flag)) return flag;
  const value = variable(env, 'BERTH_PROGRESS');
  if (value === undefined) return 'auto';
  if (isMode(value)) return value;
  throw new UsageError(`BERTH_PROGRESS is ${JSON.stringify(value)}: there is no such way to show progress`, {
    hint: `It is one of ${progressModes.join(', ')}.`,
  });
}

/**
 * Whether whatever is said on stderr is to be JSON lines. Read from the argv itself, as it must hold where the command line
 * is wrong too; BERTH_PROGRESS asks for it in every command.
 */
export function wantsEventLines(argv: readonly string[], env: Environment): boolean {
  const words = separatePassedWords(argv);
  const end = words.indexOf('--');
  const ours = end === -1 ? words : words.slice(0, end);
  const given = ours.flatMap((word, index) => {
    if (word === '--progress') return ours.slice(index + 1, index + 2);
    return word.startsWith('--progress=') ? [word.slice('--progress='.length)] : [];
  });
  return (given.at(-1) ?? variable(env, 'BERTH_PROGRESS')) === 'json';
}

function isMode(value: unknown): value is ProgressMode {
  return progressModes.some((mode) => mode === value);
}
