import { verbFirst } from '../flag-order.js';
import { commandId } from '../resolve.js';
import {
  type Candidate,
  type CommandShape,
  type FlagShape,
  type Grammar,
  isForeign,
  type Source,
  sourceOf,
} from './grammar.js';

/** What may stand where the cursor is. */
export type Want =
  /** These words and no others. */
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  /** Names of what there is. */
  | {
      readonly kind: 'names';
      readonly source: Exclude<Source, 'file' | 'directory' | 'nothing'>;
      /** Put in front of each name: `--stack=`. */
      readonly prefix: string;
      /** The stack that the line names, for what belongs to one; undefined where it names none. */
      readonly stack: string | undefined;
      /** The value of `--backend`. */
      readonly backend: string | undefined;
      /** Arguments that stand there already. */
      readonly given: readonly string[];
    }
  /** `prefix`: what of the word is not part of the path: `--file=`. */
  | { readonly kind: 'files' | 'directories'; readonly prefix: string };

const nothing: Want = { kind: 'words', candidates: [] };

/**
 * What the word at the cursor may become.
 *
 * @param previous the words between the program's name and the cursor's word.
 * @param current the cursor's word, as far as it is typed; may be empty.
 */
export function wanted(previous: readonly string[], current: string, grammar: Grammar): Want {
  const { words, command, rest } = readCommand(previous, grammar);
  if (command === undefined) return beforeCommand(previous, current, grammar);
  const place = readArguments(rest, command);
  if (command.id === 'help') return helpWords(place.given, current, grammar);
  const verbs = rest.length === 0 && !current.startsWith('-') ? nextWords(words, current, grammar) : [];
  const want = inCommand(command, place, current);
  return verbs.length === 0 || want.kind !== 'words'
    ? want
    : { kind: 'words', candidates: [...verbs, ...want.candidates] };
}

/** What may stand where no command is named yet: the next word of one, a flag, or the value of a flag. */
function beforeCommand(previous: readonly string[], current: string, grammar: Grammar): Want {
  const { commands } = grammar;
  const { words, pending } = inFront(previous, commands);
  const [noun] = words;
  const place: Place = { given: [], flags: new Map(), pending, ended: false };
  if (pending !== undefined) return valueOf(nowhere, pending, '', place);
  if (!current.startsWith('-')) return { kind: 'words', candidates: nextWords(words, current, grammar) };
  const [spelling = '', ...value] = current.split('=');
  if (value.length === 0) return { kind: 'words', candidates: noun === undefined ? rootFlags : [helpFlag] };
  const flag = valueFlag(commands, noun, spelling);
  return flag === undefined ? nothing : valueOf(nowhere, flag, `${spelling}=`, place);
}

/** A command without anything: for flags that stand before one. */
const nowhere: CommandShape = { id: '', args: {}, flags: {} };

/** Words that are no flags and no values of flags, colons taken apart, and the flag at the end whose value comes next. */
function inFront(
  previous: readonly string[],
  commands: readonly CommandShape[],
): { readonly words: readonly string[]; readonly pending: FlagShape | undefined } {
  const words: string[] = [];
  let pending: FlagShape | undefined;
  for (const word of previous) {
    if (pending !== undefined) pending = undefined;
    else if (word.startsWith('-')) pending = valueFlag(commands, words[0], word);
    else words.push(...(words.length === 0 ? word.split(':').filter((part) => part !== '') : [word]));
  }
  return { words, pending };
}

interface Reading {
  /** The words that were read as noun and verb, colons taken apart. */
  readonly words: readonly string[];
  readonly command: CommandShape | undefined;
  /** What stands behind the command. */
  readonly rest: readonly string[];
}

/** Finds the command as `resolveRequest` does: the longest run of leading words. */
function readCommand(previous: readonly string[], { commands }: Grammar): Reading {
  const ids = new Set(commands.map(({ id }) => id));
  const isCommand = (words: readonly string[]): boolean => commandId(words, ids) !== undefined;
  const line = verbFirst(previous, isCommand, (noun, flag) => takesValue(commands, noun, flag));
  const end = line.findIndex((word) => word.startsWith('-'));
  const [first = '', ...others] = end === -1 ? line : line.slice(0, end);
  const parts = [...first.split(':'), ...others].filter((part) => part !== '');
  const glued = first.split(':').length - 1;
  for (let length = parts.length; length > glued; length--) {
    const id = commandId(parts.slice(0, length), ids);
    const command = commands.find((candidate) => candidate.id === id);
    if (command !== undefined) {
      return { words: parts.slice(0, length), command, rest: line.slice(length - glued) };
    }
  }
  return { words: parts, command: undefined, rest: [] };
}

/** Read from the flags of the noun's commands; undefined where they do not agree. */
function takesValue(commands: readonly CommandShape[], noun: string | undefined, flag: string): boolean | undefined {
  const kinds = new Set(
    commands
      .filter(({ id }) => noun === undefined || id.startsWith(`${noun}:`))
      .map((command) => flagNamed(command, flag)?.type)
      .filter((type) => type !== undefined),
  );
  return kinds.size === 1 ? kinds.has('option') : undefined;
}

/** The flag, where it takes a value on every command of the noun (or on all) that has it. */
function valueFlag(
  commands: readonly CommandShape[],
  noun: string | undefined,
  spelling: string,
): FlagShape | undefined {
  if (takesValue(commands, noun, spelling) !== true) return undefined;
  return commands.map((command) => flagNamed(command, spelling)).find((flag) => flag?.type === 'option');
}

/** What may follow these words on the way to a command. */
function nextWords(words: readonly string[], current: string, { commands, nouns }: Grammar): readonly Candidate[] {
  const visible = commands.filter(({ hidden }) => hidden !== true);
  if (words.length === 0 && current.includes(':')) {
    return visible.filter(({ id }) => id.includes(':')).map(({ id, summary }) => candidate(id, summary));
  }
  const before = words.map((word) => `${word}:`).join('');
  const found = new Map<string, Candidate>();
  for (const { id, summary } of visible) {
    if (!id.startsWith(before)) continue;
    const [word = '', ...more] = id.slice(before.length).split(':');
    if (word === '') continue;
    const noun = nouns[`${before}${word}`] ?? found.get(word)?.description;
    found.set(word, candidate(word, more.length === 0 ? summary : noun));
  }
  const ls = found.get('ls');
  // The same word: offered to those who type it, and not to the others.
  if (ls !== undefined && words.length > 0 && current.startsWith('li')) found.set('list', { ...ls, word: 'list' });
  return [...found.values()];
}

/** Where in a command the cursor is. */
interface Place {
  /** Arguments that stand there. */
  readonly given: readonly string[];
  /** Names of flags that stand there, with their values. */
  readonly flags: ReadonlyMap<string, string | undefined>;
  /** The flag whose value comes next. */
  readonly pending: FlagShape | undefined;
  /** No more flags: behind `--`, or in a foreign command. */
  readonly ended: boolean;
}

function readArguments(rest: readonly string[], command: CommandShape): Place {
  const given: string[] = [];
  const flags = new Map<string, string | undefined>();
  let pending: FlagShape | undefined;
  let ended = false;
  for (const word of rest) {
    if (pending !== undefined) {
      flags.set(pending.name, word);
      pending = undefined;
    } else if (!ended && word === '--') {
      ended = true;
    } else if (!ended && !isForeign(command.id, given.length) && word.startsWith('-') && word !== '-') {
      const [name = '', ...value] = word.split('=');
      const flag = flagNamed(command, name);
      if (flag === undefined) continue;
      flags.set(flag.name, value.length > 0 ? value.join('=') : undefined);
      if (flag.type === 'option' && value.length === 0) pending = flag;
    } else {
      given.push(word);
    }
  }
  return { given, flags, pending, ended: ended || isForeign(command.id, given.length) };
}

/** The flag that `--file`, `--no-wait` or `-f` is. */
function flagNamed(command: CommandShape, spelling: string): FlagShape | undefined {
  return Object.values(command.flags).find(
    ({ name, char, allowNo }) =>
      spelling === `--${name}` ||
      (char !== undefined && spelling === `-${char}`) ||
      (allowNo === true && spelling === `--no-${name}`),
  );
}

function inCommand(command: CommandShape, place: Place, current: string): Want {
  if (place.pending !== undefined) return valueOf(command, place.pending, '', place);
  if (!place.ended && current.startsWith('-')) {
    const [spelling = '', ...value] = current.split('=');
    if (value.length === 0) return { kind: 'words', candidates: flagWords(command, place) };
    const flag = flagNamed(command, spelling);
    return flag?.type === 'option' ? valueOf(command, flag, `${spelling}=`, place) : nothing;
  }
  const want = argument(command, place);
  const isNothing = want.kind === 'words' && want.candidates.length === 0;
  const next = Object.values(command.args)[place.given.length];
  // In place of a word that has to come, flags would mislead.
  const offersFlags = isNothing && next?.required !== true && !place.ended && current === '';
  return offersFlags ? { kind: 'words', candidates: flagWords(command, place) } : want;
}

function argument(command: CommandShape, place: Place): Want {
  const args = Object.values(command.args);
  const { length } = place.given;
  const arg = args[length] ?? (command.strict === false ? args.at(-1) : undefined);
  if (arg === undefined || isForeign(command.id, length)) return nothing;
  if (arg.options !== undefined) return { kind: 'words', candidates: arg.options.map((word) => candidate(word)) };
  return named(command, sourceOf(command.id, 'argument', arg.name), '', place);
}

/** Formats are told by the flag's summary: which there are depends on the command. */
const formats = ['table', 'wide', 'json', 'jsonl', 'yaml', 'csv', 'name'] as const;

function valueOf(command: CommandShape, flag: FlagShape, prefix: string, place: Place): Want {
  const has = (format: string): boolean => new RegExp(`\\b${format}\\b`).test(flag.summary ?? '');
  const options = flag.options ?? (flag.name === 'format' ? formats.filter(has) : undefined);
  if (options === undefined) return named(command, sourceOf(command.id, 'flag', flag.name), prefix, place);
  return { kind: 'words', candidates: options.map((word) => candidate(`${prefix}${word}`)) };
}

function named(command: CommandShape, source: Source, prefix: string, place: Place): Want {
  const { given, flags } = place;
  if (source === 'nothing') return nothing;
  if (source === 'file') return { kind: 'files', prefix };
  if (source === 'directory') return { kind: 'directories', prefix };
  const stack = stackOf(command, place);
  // Services of another file than this directory's: nobody knows what it is called before it is read.
  if (stack === undefined && source.startsWith('service of') && flags.has('file')) return nothing;
  return { kind: 'names', source, prefix, stack, backend: flags.get('backend'), given: prefix === '' ? given : [] };
}

/** The stack that the line names: by `--app`, by `--name` where that is one, or by its first argument. */
function stackOf(command: CommandShape, { given, flags }: Place): string | undefined {
  const named = flags.get('app') ?? (sourceOf(command.id, 'flag', 'name') === 'stack' ? flags.get('name') : undefined);
  return named ?? (Object.keys(command.args)[0] === 'stack' ? given[0] : undefined);
}

const helpFlag = candidate('--help', 'Show help.');
const rootFlags = [helpFlag, candidate('--version', 'Show the version.')];

/** The flags that can still be given. */
function flagWords(command: CommandShape, { flags }: Place): readonly Candidate[] {
  const open = Object.values(command.flags).filter(
    ({ name, hidden, multiple, exclusive }) =>
      hidden !== true && (multiple === true || !flags.has(name)) && !exclusive?.some((other) => flags.has(other)),
  );
  const words = open.flatMap(({ name, summary, allowNo }) => [
    candidate(`--${name}`, summary),
    ...(allowNo === true ? [candidate(`--no-${name}`, `Not: ${summary ?? ''}`)] : []),
  ]);
  return [...words, helpFlag];
}

/** `help` takes what help there is on. */
function helpWords(given: readonly string[], current: string, grammar: Grammar): Want {
  const words = current.startsWith('-') ? [helpFlag] : nextWords(given, current, grammar);
  if (given.length > 0) return { kind: 'words', candidates: words };
  const topics = Object.entries(grammar.topics).map(([name, summary]) => candidate(name, summary));
  // A topic that is called like a noun is what `help` shows.
  const others = words.filter(({ word }) => !Object.hasOwn(grammar.topics, word));
  return { kind: 'words', candidates: [...others, ...topics] };
}

function candidate(word: string, description = ''): Candidate {
  return { word, description };
}
