import { UsageError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { type TakesValue, verbFirst } from './flag-order.js';
import { separatePassedWords } from './passed-words.js';

/** What an argv asks for. */
export type Request =
  | { readonly kind: 'root help' }
  | { readonly kind: 'noun help'; readonly noun: string }
  | { readonly kind: 'command help'; readonly id: string }
  | { readonly kind: 'command'; readonly id: string; readonly argv: readonly string[] };

/** Commands of other tools, and what berth calls them. */
const foreign: ReadonlyMap<string, string> = new Map(
  Object.entries({
    deploy: 'stack up',
    down: 'stack terminate',
    destroy: 'stack terminate',
    rm: 'stack terminate',
    diff: 'stack diff',
    export: 'stack export',
    inspect: 'container inspect',
    kill: 'container kill',
    ps: 'container ps',
    logs: 'stack logs',
    pause: 'container pause',
    redeploy: 'stack redeploy',
    restart: 'container restart',
    rollback: 'releases rollback',
    run: 'service run',
    scale: 'service scale',
    start: 'stack start',
    stop: 'stack stop',
    terminate: 'stack terminate',
    unpause: 'container unpause',
    ls: 'stack ls',
    list: 'stack ls',
  }),
);

/** Verbs of other tools, and what berth calls them: the first that the noun has. */
const foreignVerbs: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    delete: ['terminate', 'rm', 'unset'],
    deploy: ['up', 'redeploy'],
    destroy: ['terminate', 'rm'],
    down: ['terminate'],
    log: ['logs'],
    new: ['create'],
    remove: ['terminate', 'rm', 'unset'],
    restart: ['redeploy'],
    rm: ['terminate', 'unset'],
    show: ['inspect', 'info'],
    resume: ['unpause', 'start'],
  }),
);

/**
 * Reads which command an argv means: the longest run of leading words that is a command, `ls` and `list` being the same
 * word, and colons as good as blanks in the first one (`config:set`). What belongs to a command line of somebody else's is
 * put behind a `--`.
 *
 * @param ids command ids with colons: `stack:ls`.
 * @param takesValue what is known of flags, so that those in front of the verb can be put behind it.
 * @throws UsageError for an unknown command, with the nearest one. It is never run.
 */
export function resolveRequest(
  given: readonly string[],
  ids: ReadonlySet<string>,
  takesValue: TakesValue = () => undefined,
): Request {
  const argv = verbFirst(separatePassedWords(given), (words) => commandId(words, ids) !== undefined, takesValue);
  const words = leadingWords(argv);
  const [first] = words;
  const wantsHelp = beforeSeparator(argv).some((word) => word === '--help' || word === '-h');
  if (first === undefined) {
    const [flag] = argv;
    if (flag === undefined || wantsHelp) return { kind: 'root help' };
    throw new UsageError(`no command given before ${flag}`, {
      hint: 'Flags come after the command: berth stack ls --json',
    });
  }
  const parts = [...first.split(':'), ...words.slice(1)];
  const least = first.split(':').length;
  for (let length = parts.length; length >= least; length--) {
    const id = commandId(parts.slice(0, length), ids);
    if (id === undefined) continue;
    if (wantsHelp) return { kind: 'command help', id };
    return { kind: 'command', id, argv: argv.slice(length - least + 1) };
  }
  const [noun, verb] = parts;
  if (noun !== undefined && isNoun(noun, ids)) {
    if (verb === undefined || wantsHelp) return { kind: 'noun help', noun };
    throw unknownVerb(noun, verb, ids);
  }
  throw unknownCommand(first, ids);
}

function leadingWords(argv: readonly string[]): readonly string[] {
  const end = argv.findIndex((word) => word.startsWith('-'));
  return end === -1 ? argv : argv.slice(0, end);
}

function beforeSeparator(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

/** The command that words name, `list` being another word for `ls`. */
export function commandId(parts: readonly string[], ids: ReadonlySet<string>): string | undefined {
  const spellings = [parts, parts.map((part, index) => (index > 0 && part === 'list' ? 'ls' : part))];
  return spellings.map((words) => words.join(':')).find((id) => ids.has(id));
}

/** True for the first word of a command of two. */
export function isNoun(word: string, ids: ReadonlySet<string>): boolean {
  return [...ids].some((id) => id.startsWith(`${word}:`));
}

function unknownVerb(topic: string, verb: string, ids: ReadonlySet<string>): UsageError {
  const verbs = [...ids].filter((id) => id.startsWith(`${topic}:`)).map((id) => id.slice(topic.length + 1));
  const suggestion = foreignVerbs.get(verb)?.find((known) => verbs.includes(known)) ?? nearest(verb, verbs);
  return new UsageError(`berth ${topic} has no verb ${JSON.stringify(verb)}`, {
    hint:
      suggestion === undefined
        ? `It has: ${verbs.sort().join(', ')}.`
        : `Did you mean \`berth ${topic} ${suggestion.replaceAll(':', ' ')}\`?`,
  });
}

function unknownCommand(word: string, ids: ReadonlySet<string>): UsageError {
  const known = foreign.get(word);
  const nouns = new Set([...ids].map((id) => id.split(':')[0] ?? id));
  const suggestion = known ?? nearest(word, nouns);
  return new UsageError(`unknown command ${JSON.stringify(word)}`, {
    hint: suggestion === undefined ? 'Run `berth --help` for the commands.' : `Did you mean \`berth ${suggestion}\`?`,
  });
}
