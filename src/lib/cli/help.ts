import { type Command, CommandHelp, type Config, Help } from '@oclif/core';
import { NotFoundError } from '../port/errors.js';
import type { Terminal } from '../ui/terminal.js';
import { topics as helpTopics } from './help-topics.js';
import { commandId, isNoun, suggestionFor } from './resolve.js';
import { wrapCommand, wrapTable, wrapText } from './wrap.js';

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

  protected override examples(): string | undefined {
    const width = this.opts.maxWidth - this.indentSpacing;
    // The `\` that goes on with a line is that of POSIX shells.
    const wrapped = (line: string): string =>
      this.config.platform === 'win32' ? line : wrapCommand(line, width).join('\n');
    const commands = this.command.examples?.map((example) => (typeof example === 'string' ? example : example.command));
    return commands?.map((command) => wrapped(`$ ${this.render(command)}`)).join('\n\n');
  }

  /** oclif's own breaks words. */
  override wrap(body: string, spacing = this.indentSpacing): string {
    return wrapText(this.render(body), this.opts.maxWidth - spacing).join('\n');
  }

  /** oclif's own breaks words, and takes the indentation of the first entry away. */
  override renderList(input: (string | undefined)[][], { indentation }: { readonly indentation: number }): string {
    const entries = input.map(([name = '', text = '']): Entry => [name, text]);
    return wrapTable(entries, this.opts.maxWidth - indentation).join('\n');
  }
}

/** oclif's help, collected as text instead of printed, so that it goes through the one sink. */
class BerthHelp extends Help {
  protected override CommandHelpClass = BerthCommandHelp;
  #text = '';

  constructor(config: Config, terminal: Terminal) {
    super(config, {
      maxWidth: helpWidth(terminal),
      stripAnsi: !terminal.colour,
      flagSortOrder: 'none',
      hideCommandSummaryInDescription: true,
      docopts: false,
    });
  }

  protected override summary(command: Command.Loadable): string | undefined {
    const summary = super.summary(command);
    return summary === undefined ? undefined : wrapText(summary, this.opts.maxWidth).join('\n');
  }

  protected override log(...lines: string[]): void {
    this.#text += lines.length === 0 ? '\n' : `${lines.join('\n')}\n`;
  }

  async textOfCommand(command: Command.Loadable): Promise<string> {
    await this.showCommandHelp(command);
    return this.#text;
  }
}

/** Columns that help is written for. */
function helpWidth({ isTTY, columns }: Terminal): number {
  const widest = 100;
  return isTTY ? Math.min(widest, columns) : widest;
}

/**
 * What `berth help` with these words prints: a command's help, a topic's, a noun's, or without words the root's. The help
 * of a noun that is called like a topic is what the noun alone prints.
 *
 * @throws NotFoundError with the nearest noun, verb or topic.
 */
export async function helpText(config: Config, words: readonly string[], terminal: Terminal): Promise<string> {
  if (words.length === 0) return rootHelp(config, terminal);
  const id = commandId(words, new Set(config.commandIDs));
  if (id !== undefined) return commandHelp(config, id, terminal);
  const topic = helpTopics.find(({ name }) => name === words.join(' '));
  if (topic !== undefined) return topic.text;
  const ids = visibleIds(config);
  const noun = words.join(':');
  if (isNoun(noun, ids)) return nounHelp(config, noun, terminal);
  throw noHelp(words, ids);
}

export async function commandHelp(config: Config, id: string, terminal: Terminal): Promise<string> {
  const command = config.findCommand(id, { must: true });
  // Flags of every command come last, after those that make this one what it is.
  const flags = Object.entries(command.flags);
  const isGlobal = ([, flag]: (typeof flags)[number]): boolean => flag.helpGroup === 'GLOBAL';
  const ordered = [...flags.filter((entry) => !isGlobal(entry)), ...flags.filter(isGlobal)];
  const help = new BerthHelp(config, terminal);
  const text = await help.textOfCommand({ ...command, flags: Object.fromEntries(ordered) });
  return `${text.trimEnd()}\n`;
}

/** @param noun one, or one below another: `service:env`. */
export function nounHelp(config: Config, noun: string, terminal: Terminal): string {
  const width = helpWidth(terminal);
  const words = noun.replaceAll(':', ' ');
  const summary = summaryOf(config, noun);
  const verbs = visibleCommands(config)
    .filter((command) => command.id.startsWith(`${noun}:`))
    .map((command): Entry => [command.id.replaceAll(':', ' '), command.summary ?? '']);
  return text([
    ...(summary === '' ? [] : [...wrapText(summary, width), '']),
    section('USAGE', [`  $ berth ${words} VERB`]),
    '',
    section('VERBS', columns(verbs, width)),
    '',
    ...wrapText(`Run \`berth ${words} VERB --help\` for the flags and examples of a verb.`, width),
  ]);
}

export function rootHelp(config: Config, terminal: Terminal): string {
  const width = helpWidth(terminal);
  const commands = visibleCommands(config);
  // An alias may have two words where the command has one: `event ls`.
  const known = commands.filter(({ id, aliases }) => id.includes(':') && !aliases.includes(id));
  const nouns = new Set(known.map(({ id }) => id.slice(0, id.indexOf(':'))));
  const shortcuts = commands
    .filter(({ id }) => !id.includes(':'))
    .map((command): Entry => [command.id, command.summary ?? '']);
  return text([
    ...wrapText(about, width),
    '',
    section('USAGE', ['  $ berth NOUN VERB [ARGUMENTS] [FLAGS]']),
    '',
    section('EXAMPLES', [
      '  $ berth up -f compose.yaml',
      '  $ berth service scale vote=4',
      '  $ berth stack logs voting-app --follow',
    ]),
    '',
    section(
      'NOUNS',
      columns(
        [...nouns].map((noun): Entry => [noun, summaryOf(config, noun)]),
        width,
      ),
    ),
    '',
    section('COMMANDS', columns(shortcuts, width)),
    '',
    section(
      'HELP TOPICS',
      columns(
        helpTopics.map((topic): Entry => [topic.name, topic.summary]),
        width,
      ),
    ),
    '',
    ...wrapText(further, width),
  ]);
}

const about =
  'One command line for container platforms: Docker Cloud, Deis, Oracle Container Cloud Service, Docker and Swarm.';

const further =
  'Run `berth NOUN` for its verbs, `berth NOUN VERB --help` for one of them, `berth help TOPIC` for a topic.\n' +
  'berth sends nothing home: no telemetry, no update check.';

function noHelp(words: readonly string[], ids: ReadonlySet<string>): NotFoundError {
  const topicNames = helpTopics.map(({ name }) => name);
  const suggestion = suggestionFor(words, ids, topicNames);
  return new NotFoundError(`no help on ${JSON.stringify(words.join(' '))}`, {
    hint: suggestion === undefined ? `Topics: ${topicNames.join(', ')}.` : `Did you mean ${suggestion}?`,
  });
}

type Entry = readonly [name: string, summary: string];

function visibleCommands(config: Config): readonly Command.Loadable[] {
  return config.commands.filter((command) => !command.hidden).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Ids of the commands that are told of. */
export function visibleIds(config: Config): ReadonlySet<string> {
  return new Set(visibleCommands(config).map(({ id }) => id));
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines].join('\n');
}

function columns(entries: readonly Entry[], width: number): readonly string[] {
  return wrapTable(entries, width - 2).map((line) => `  ${line}`);
}

/** What package.json says; where it says nothing, oclif would take the summary of a noun's first verb. */
function summaryOf(config: Config, noun: string): string {
  return config.pjson.oclif.topics?.[noun]?.description ?? '';
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
