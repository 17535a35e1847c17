import type { Action, Mutation } from '../port/actions.js';
import type { UsageError } from '../port/errors.js';
import type { PlannedStep } from '../port/plan.js';
import type { Verdict } from '../port/verdict.js';
import { checkDetail, checkList, checkMutation } from './check.js';
import { type Format, parseFormat, requireFormat } from './format.js';
import { type MutationView, renderMutation, renderMutations } from './mutation-view.js';
import { planView } from './plan-view.js';
import { renderDetail, renderList, type RenderOptions, renderValue } from './render.js';
import type { Sink } from './sink.js';
import { renderStream } from './stream.js';
import { checkTemplate } from './template.js';
import { stripControl, type Terminal } from './terminal.js';
import type { DetailView, ListView, StreamView, TextView } from './view.js';

/** What a result is shown with. */
export interface ShowContext {
  readonly flags: OutputFlags;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Of stdout. */
  readonly terminal: Terminal;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** A static description of how a command's result is shown. */
export interface View<Result> {
  /**
   * Called before the command does anything. What it lets pass does not fail after a change.
   *
   * @throws UsageError for output that the view cannot give.
   */
  check(flags: OutputFlags): void;
  show(result: Result, context: ShowContext): Promise<void>;
  /** How what was changed ended, for programs that follow it on stderr. Not there where nothing is changed. */
  endings?(result: Result): readonly Ending[];
}

/** How a change ended: what a mutation has of it. */
export interface Ending {
  readonly action: Action | null;
  readonly verdict?: Verdict;
}

/** What the user said about the output. */
export interface OutputFlags {
  readonly format: Format;
  readonly quiet: boolean;
  readonly noTrunc: boolean;
  readonly noHeader: boolean;
  readonly timestamps: boolean;
  /** What is shown goes on, and has no end to be told of. */
  readonly follow: boolean;
  readonly columns?: readonly string[];
  readonly sort?: string;
}

/** Reads the output flags among those of a command. @throws UsageError for an unknown format. */
export function readOutputFlags(flags: Readonly<Record<string, unknown>>): OutputFlags {
  const format = flags.json === true ? 'json' : typeof flags.format === 'string' ? flags.format : 'table';
  return {
    format: parseFormat(format),
    quiet: flags.quiet === true,
    noTrunc: flags['no-trunc'] === true,
    noHeader: flags['no-header'] === true,
    timestamps: flags.timestamps === true,
    follow: flags.follow === true,
    ...(typeof flags.columns === 'string' && { columns: flags.columns.split(',').map((name) => name.trim()) }),
    ...(typeof flags.sort === 'string' && { sort: flags.sort }),
  };
}

/** Rows as a table. */
export function list<Row>(
  view: Omit<ListView<Row>, 'kind'> & {
    /** Every property of a row, where the command changes something: templates are then checked before it runs. */
    readonly properties?: Readonly<Record<keyof Row, null>>;
  },
): View<AsyncIterable<Row> | readonly Row[]> {
  const described: ListView<Row> = { kind: 'list', ...view };
  return {
    check: (flags) => {
      checkList(flags, described);
      const { format } = flags;
      if (view.properties !== undefined && format.kind === 'template') checkTemplate(format.template, view.properties);
    },
    async show(result, context) {
      const rows: Row[] = [];
      for await (const row of result) rows.push(row);
      const mistakes: UsageError[] = [];
      const forgiven = view.properties && { onMistake: (mistake: UsageError) => mistakes.push(mistake) };
      await context.stdout.write(await renderList(rows, described, { ...renderOptions(context), ...forgiven }));
      await warn(mistakes, context.stderr);
      const { kind } = context.flags.format;
      if (rows.length === 0 && !context.flags.quiet && (kind === 'table' || kind === 'wide')) {
        await context.stderr.write(`${view.empty}\n`);
      }
    },
  };
}

/** One object, field by field. */
export function detail<T>(view: Omit<DetailView<T>, 'kind'>): View<T> {
  const described: DetailView<T> = { kind: 'detail', ...view };
  return {
    check: (flags) => {
      checkDetail(flags, described);
    },
    async show(result, context) {
      const mistakes: UsageError[] = [];
      const forgiven = described.properties && { onMistake: (mistake: UsageError) => mistakes.push(mistake) };
      await context.stdout.write(await renderDetail(result, described, { ...renderOptions(context), ...forgiven }));
      await warn(mistakes, context.stderr);
    },
  };
}

/** One line an item, as it comes. `empty`: for stderr, when there are none and none are waited for: a sentence. */
export function stream<Item>(
  line: StreamView<Item>['line'],
  { empty }: { readonly empty?: string } = {},
): View<AsyncIterable<Item>> {
  const described: StreamView<Item> = { kind: 'stream', line };
  return {
    check: ({ format }) => {
      requireFormat(format, 'stream');
    },
    async show(result, context) {
      const options = { ...renderOptions(context), timestamps: context.flags.timestamps };
      const isEmpty = await renderStream(result, described, options, context.stdout, context.signal);
      const { format, follow } = context.flags;
      if (isEmpty && empty !== undefined && !follow && format.kind === 'table')
        await context.stderr.write(`${empty}\n`);
    },
  };
}

/** What a verb changed: names on stdout, and on stderr the action that did it. */
export function mutation<T>(view: Omit<MutationView<T>, 'kind'>): View<Mutation<T>> {
  const described: MutationView<T> = { kind: 'mutation', ...view };
  return {
    check: checkMutation,
    endings: (result) => [result],
    async show(result, context) {
      const mistakes: UsageError[] = [];
      const options = { ...renderOptions(context), onMistake: (mistake: UsageError) => mistakes.push(mistake) };
      await context.stdout.write(await renderMutation(result, described, options));
      await warn(mistakes, context.stderr);
      const { kind } = context.flags.format;
      if (!context.flags.quiet && (kind === 'table' || kind === 'wide')) {
        await context.stderr.write(closingLine(result));
      }
    },
  };
}

/** What a verb changed, thing by thing: the same, and in machine formats always a list. */
export function mutations<T>(view: Omit<MutationView<T>, 'kind'>): View<readonly Mutation<T>[]> {
  const described: MutationView<T> = { kind: 'mutation', ...view };
  return {
    check: checkMutation,
    endings: (results) => results,
    async show(results, context) {
      const mistakes: UsageError[] = [];
      const options = { ...renderOptions(context), onMistake: (mistake: UsageError) => mistakes.push(mistake) };
      await context.stdout.write(await renderMutations(results, described, options));
      await warn(mistakes, context.stderr);
      const { kind } = context.flags.format;
      if (context.flags.quiet || (kind !== 'table' && kind !== 'wide')) return;
      for (const result of results) {
        const line = closingLine(result);
        const name = result.action?.object.name;
        const told = results.length > 1 && name !== undefined ? `${stripControl(name)}: ${line}` : line;
        if (line !== '') await context.stderr.write(told);
      }
    },
  };
}

/** Tells what was wrong with a template after work that is done: an error would say that nothing was changed. */
async function warn(mistakes: readonly UsageError[], stderr: Sink): Promise<void> {
  for (const { message, hint } of mistakes) {
    await stderr.write(`${stripControl(`warning: ${message}${hint === undefined ? '' : `. ${hint}`}`)}\n`);
  }
}

/** Says what became of it, and where its log is. */
function closingLine({ action, plan, subject }: Mutation<unknown>): string {
  if (action === null) return subject !== null && plan.length === 0 ? 'Nothing to do: it is as asked already.\n' : '';
  const id = action.id.slice(0, 8);
  const running = action.endedAt === null ? `Running in the background as action ${id}` : `Done by action ${id}`;
  return `${running}. Its log: berth action logs ${id}\n`;
}

/** A value that has a text of its own. */
export function value<T>(view: Omit<TextView<T>, 'kind'>): View<T> {
  const described: TextView<T> = { kind: 'text', ...view };
  return {
    check: ({ format }) => {
      requireFormat(format, 'text');
    },
    async show(result, context) {
      await context.stdout.write(await renderValue(result, described, renderOptions(context)));
    },
  };
}

/** Steps that would be executed. */
export const plan: View<readonly PlannedStep[]> = value(planView);

/** Text as it is. */
export const text: View<string> = value({ text: (content) => content });

function renderOptions(context: ShowContext): RenderOptions {
  const { flags, terminal, now } = context;
  return {
    format: flags.format,
    quiet: flags.quiet,
    noTrunc: flags.noTrunc,
    noHeader: flags.noHeader,
    terminal,
    now,
    ...(flags.columns && { columns: flags.columns }),
    ...(flags.sort !== undefined && { sort: flags.sort }),
  };
}
