import { type Command, CommandHelp, type Config, Help } from '@oclif/core';
import { NotFoundError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { topics as helpTopics } from './help-topics.js';
import { commandId, isNoun } from './resolve.js';

/** Usage that names the arguments, and leaves the flags to their sections; descriptions of more than one line. */
class BerthCommandHelp extends CommandHelp {
  /** oclif's own gives the last line alone where the summary is not to be repeated. */
  protected override description(): string | undefined {
    const { description } = this.command;
    return description === undefined ? undefined : this.wrap(description);
  }

  protected override defaultUsage(): string {
    const usage = super.defaultUsage();
    return `${this.command.strict === false ? usage.replace(/\]?$/, '...$&') : usage} [FLAGS]`;
  }
}

/** oclif's help, collected as text instead of printed, so that it goes through the one sink. */
class BerthHelp extends Help {
  protected override CommandHelpClass = BerthCommandHelp;
  #text = '';

  constructor(config: Config) {
    super(config, { maxWidth: 100, flagSortOrder: 'none', hideCommandSummaryInDescription: true, docopts: false });
  }

  protected override log(...lines: string[]): void {
    this.#text += lines.length === 0 ? '\n' : `${lines.join('\n')}\n`;
  }

  async textOfCommand(command: Command.Loadable): Promise<string> {
    await this.showCommandHelp(command);
    return this.#text;
  }
}

/**
 * What `berth help` with these words prints: a command's help, a topic's, a noun's, or without words the root's. The help
 * of a noun that is called like a topic is what the noun alone prints.
 *
 * @throws NotFoundError with the nearest topic.
 */
export async function helpText(config: Config, words: readonly string[]): Promise<string> {
  const [first, ...rest] = words;
  if (first === undefined) return rootHelp(config);
  const ids = new Set(config.commandIDs);
  const id = commandId(words, ids);
  if (id !== undefined) return commandHelp(config, id);
  const topic = helpTopics.find(({ name }) => name === words.join(' '));
  if (topic !== undefined) return topic.text;
  if (rest.length === 0 && isNoun(first, ids)) return nounHelp(config, first);
  throw noHelp(words.join(' '));
}

export async function commandHelp(config: Config, id: string): Promise<string> {
  const command = config.findCommand(id, { must: true });
  // Flags of every command come last, after those that make this one what it is.
  const flags = Object.entries(command.flags);
  const isGlobal = ([, flag]: (typeof flags)[number]): boolean => flag.helpGroup === 'GLOBAL';
  const ordered = [...flags.filter((entry) => !isGlobal(entry)), ...flags.filter(isGlobal)];
  const text = await new BerthHelp(config).textOfCommand({ ...command, flags: Object.fromEntries(ordered) });
  return `${text.trimEnd()}\n`;
}

export function nounHelp(config: Config, noun: string): string {
  const verbs = visibleCommands(config)
    .filter((command) => command.id.startsWith(`${noun}:`))
    .map((command): Entry => [command.id.replaceAll(':', ' '), command.summary ?? '']);
  return text([
    summaryOf(config, noun),
    '',
    section('USAGE', [`  $ berth ${noun} VERB`]),
    '',
    section('VERBS', columns(verbs)),
    '',
    `Run \`berth ${noun} VERB --help\` for the flags and examples of a verb.`,
  ]);
}

export function rootHelp(config: Config): string {
  const commands = visibleCommands(config);
  const nouns = new Set(commands.flatMap(({ id }) => (id.includes(':') ? [id.slice(0, id.indexOf(':'))] : [])));
  const shortcuts = commands
    .filter(({ id }) => !id.includes(':'))
    .map((command): Entry => [command.id, command.summary ?? '']);
  return text([
    'One command line for container platforms: Docker Cloud, Deis, Oracle Container Cloud Service, Docker and Swarm.',
    '',
    section('USAGE', ['  $ berth NOUN VERB [ARGUMENTS] [FLAGS]']),
    '',
    section('EXAMPLES', [
      '  $ berth up -f compose.yaml',
      '  $ berth service scale vote=4',
      '  $ berth stack logs voting-app --follow',
    ]),
    '',
    section('NOUNS', columns([...nouns].map((noun): Entry => [noun, summaryOf(config, noun)]))),
    '',
    section('COMMANDS', columns(shortcuts)),
    '',
    section('HELP TOPICS', columns(helpTopics.map((topic): Entry => [topic.name, topic.summary]))),
    '',
    'Run `berth NOUN` for its verbs, `berth NOUN VERB --help` for one of them, `berth help TOPIC` for a topic.',
    'berth sends nothing home: no telemetry, no update check.',
  ]);
}

function noHelp(name: string): NotFoundError {
  const names = helpTopics.map((candidate) => candidate.name);
  const suggestion = nearest(name, names);
  return new NotFoundError(`no help on ${JSON.stringify(name)}`, {
    hint: suggestion === undefined ? `Topics: ${names.join(', ')}.` : `Did you mean ${suggestion}?`,
  });
}

type Entry = readonly [name: string, summary: string];

function visibleCommands(config: Config): readonly Command.Loadable[] {
  return config.commands.filter((command) => !command.hidden).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines].join('\n');
}

function columns(entries: readonly Entry[]): readonly string[] {
  const width = Math.max(...entries.map(([name]) => name.length)) + 2;
  return entries.map(([name, summary]) => `  ${name.padEnd(width)}${summary}`.trimEnd());
}

function summaryOf(config: Config, noun: string): string {
  return config.topics.find((topic) => topic.name === noun)?.description ?? '';
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
