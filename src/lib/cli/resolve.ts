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
 * @param shown the ids that may be told of: by default all.
 * @throws UsageError for an unknown command, with the nearest one. It is never run.
 */
export function resolveRequest(
  given: readonly string[],
  ids: ReadonlySet<string>,
  takesValue: TakesValue = () => undefined,
  shown: ReadonlySet<string> = ids,
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
  const noun = nounOf(parts, shown);
  if (noun !== undefined) {
    const verb = parts[noun.length];
    if (verb === undefined || wantsHelp) return { kind: 'noun help', noun: noun.join(':') };
    throw unknownVerb(noun.join(' '), verb, shown);
  }
  throw unknownCommand(first, shown);
}

/** The longest run of words that is a noun: `service`, or `service env`. */
function nounOf(parts: readonly string[], ids: ReadonlySet<string>): readonly string[] | undefined {
  const lengths = parts.map((_part, index) => index + 1).reverse();
  return lengths.map((length) => parts.slice(0, length)).find((words) => isNoun(words.join(':'), ids));
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

/** True for what verbs stand behind, with colons: `stack`, `service:env`. */
export function isNoun(word: string, ids: ReadonlySet<string>): boolean {
  return [...ids].some((id) => id.startsWith(`${word}:`));
}

/**
 * What somebody may have meant by words that are no command: a noun or a command, a noun and a verb, or one of the other
 * words that would have been understood. Undefined when nothing is near.
 */
export function suggestionFor(
  words: readonly string[],
  ids: ReadonlySet<string>,
  others: readonly string[] = [],
): string | undefined {
  const noun = nounOf(words, ids);
  const [first = ''] = words;
  if (noun === undefined) return commandNear(first, ids, others);
  const verb = words[noun.length];
  const suggestion = verb === undefined ? undefined : verbNear(verb, verbsOf(noun.join(':'), ids));
  return suggestion === undefined ? undefined : [...noun, suggestion].join(' ');
}

function commandNear(word: string, ids: ReadonlySet<string>, others: readonly string[] = []): string | undefined {
  const nouns = [...ids].map((id) => id.split(':')[0] ?? id);
  return foreign.get(word) ?? nearest(word, new Set([...nouns, ...others]));
}

function verbNear(verb: string, verbs: readonly string[]): string | undefined {
  return foreignVerbs.get(verb)?.find((known) => verbs.includes(known)) ?? nearest(verb, verbs);
}

/** The words that may stand behind a noun, sorted. */
function verbsOf(noun: string, ids: ReadonlySet<string>): readonly string[] {
  const behind = [...ids].filter((id) => id.startsWith(`${noun}:`)).map((id) => id.slice(noun.length + 1));
  return [...new Set(behind.map((id) => id.split(':')[0] ?? id))].sort();
}

function unknownVerb(noun: string, verb: string, ids: ReadonlySet<string>): UsageError {
  const verbs = verbsOf(noun.replaceAll(' ', ':'), ids);
  const suggestion = verbNear(verb, verbs);
  return new UsageError(`berth ${noun} has no verb ${JSON.stringify(verb)}`, {
    hint: suggestion === undefined ? `It has: ${verbs.join(', ')}.` : `Did you mean \`berth ${noun} ${suggestion}\`?`,
  });
}

function unknownCommand(word: string, ids: ReadonlySet<string>): UsageError {
  const suggestion = commandNear(word, ids);
  return new UsageError(`unknown command ${JSON.stringify(word)}`, {
    hint: suggestion === undefined ? 'Run `berth --help` for the commands.' : `Did you mean \`berth ${suggestion}\`?`,
  });
}
