import type { Config, ConfigVariable } from '../../port/config.js';
import { jsonText } from '../document.js';
import { list, mutation, mutations, value, type View } from '../result.js';
import { stripControl, stripControlLines } from '../terminal.js';

const variableList = list<ConfigVariable>({
  columns: [
    { header: 'key', value: (variable) => variable.key, shrink: 'name' },
    { header: 'value', value: (variable) => variable.value, shrink: true },
    { header: 'origin', value: (variable) => variable.origin, wide: true },
  ],
  id: (variable) => variable.key,
  name: (variable) => variable.key,
  empty: 'No variables.',
});

/** The environment of an app, as it was asked for. */
export interface ShownConfig {
  readonly variables: readonly ConfigVariable[];
  /** `KEY=VALUE KEY=VALUE`, as words of a shell. */
  readonly oneline: boolean;
}

export const configList: View<ShownConfig> = {
  check: (flags) => {
    variableList.check(flags);
  },
  async show({ variables, oneline }, context) {
    const { flags, stdout, terminal } = context;
    if (!oneline || flags.format.kind !== 'table' || flags.quiet) return variableList.show(variables, context);
    const words = variables.map(({ key, value }) => `${key}=${shellWord(value)}`).join(' ');
    await stdout.write(terminal.isTTY ? `${stripControl(words)}\n` : `${words}\n`);
  },
};

/** A word that a shell reads as the text. */
function shellWord(text: string): string {
  return /^[\w.,:/@%+=-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The value alone, so that a script can take it as it is. */
export const configValue = value<ConfigVariable>({ text: (variable) => variable.value });

const configSubject = {
  // What a change of the environment makes is a release.
  subjects: ({ release }: Config) => (release === null ? [] : [{ id: String(release), name: `v${release}` }]),
};

export const configMutation = mutation<Config>(configSubject);

export const configMutations = mutations<Config>(configSubject);

/** The environment of a service, with where each variable comes from. */
export const environmentList = list<ConfigVariable>({
  columns: [
    { header: 'origin', value: (variable) => variable.origin },
    { header: 'key', value: (variable) => variable.key, shrink: 'name' },
    { header: 'value', value: (variable) => variable.value, shrink: true },
  ],
  id: (variable) => `${variable.key}=${variable.value}`,
  name: (variable) => variable.key,
  empty: 'No variables.',
});

/** The environment of an app, written down. */
export interface PulledConfig {
  /** The file, absolute; null for standard output. */
  readonly file: string | null;
  readonly variables: Readonly<Record<string, string>>;
  /** The same as .env text. */
  readonly text: string;
}

export const pulledConfig: View<PulledConfig> = {
  // The command has no --format.
  check: () => undefined,
  async show({ file, variables, text }, { flags, stdout, stderr, terminal }) {
    if (flags.format.kind === 'json') await stdout.write(jsonText({ file, variables }));
    else if (file === null) await stdout.write(terminal.isTTY ? stripControlLines(text) : text);
    else await stderr.write(`Written to ${stripControl(file)}.\n`);
  },
};
