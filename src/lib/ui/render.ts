import type { UsageError } from '../port/errors.js';
import type { CellStyle } from './cells.js';
import { refuseColumns, selectColumns, sortRows } from './columns.js';
import { csvText } from './csv.js';
import { jsonLine, jsonText } from './document.js';
import { fieldLines } from './fields.js';
import { type Format, unfit } from './format.js';
import { fillTemplate, type Template, templateHeading } from './template.js';
import { stripAllButStyles, stripControl, stripControlLines, stylesFor, type Terminal } from './terminal.js';
import { type Column, type DetailView, type Grid, gridOf, type ListView, type TextView } from './view.js';

/** How the user wants a result to look. */
export interface RenderOptions {
  readonly format: Format;
  /** Where the text goes: stdout. */
  readonly terminal: Terminal;
  /** Ids only, instead of a table; a machine format that was asked for is printed all the same. */
  readonly quiet: boolean;
  readonly noTrunc: boolean;
  readonly noHeader: boolean;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
  /** Headers of the columns to show, in any case. */
  readonly columns?: readonly string[];
  /** Header of the column to sort rows by; `-` before it for descending. */
  readonly sort?: string;
  /** Takes what is wrong with a template, instead of having it thrown: the work is done, and is to be told of. */
  readonly onMistake?: (mistake: UsageError) => void;
}

/*
 * Every function here gives the whole text for stdout with its last line end, or '' when there is nothing to print.
 * They are asynchronous because yaml and the table library are loaded only when they are asked for.
 */

/** @throws UsageError for an unknown column or template field. */
export async function renderList<Row>(
  given: readonly Row[],
  view: ListView<Row>,
  options: RenderOptions,
): Promise<string> {
  const { format } = options;
  refuseColumns(options);
  const rows = sortRows(given, view.columns, options.sort);
  const columns = selectColumns(view.columns, options.columns, format.kind !== 'table');
  switch (asked(options)) {
    case 'quiet':
      return lines(rows.map(view.id));
    case 'name':
      return lines(rows.map(view.name));
    case 'jsonl':
      return rows.map(jsonLine).join('');
    case 'csv':
      return csvText(gridOf(rows, columns), !options.noHeader);
    case 'table':
      return rows.length === 0 ? '' : table(gridOf(rows, columns), options);
    case 'template':
      return template(rows, options);
    case 'document':
      return await documentText(rows, format);
  }
}

/** @throws UsageError for an unknown column or template field. */
export async function renderDetail<T>(value: T, view: DetailView<T>, options: RenderOptions): Promise<string> {
  const { format } = options;
  refuseColumns(options);
  const fields = selectColumns(view.fields, options.columns, format.kind !== 'table');
  switch (asked(options)) {
    case 'quiet':
      return lines([view.id(value)]);
    case 'name':
      return lines([view.name(value)]);
    case 'jsonl':
      return jsonLine(value);
    case 'csv':
      return csvText(gridOf([value], fields), !options.noHeader);
    case 'table':
      return fieldsOf(value, fields, options) + (await sections(value, view, options));
    case 'template':
      return template([value], options);
    case 'document':
      return await documentText(value, format);
  }
}

/** @throws UsageError for an unknown template field, and for a format that the view has nothing for. */
export async function renderValue<T>(value: T, view: TextView<T>, options: RenderOptions): Promise<string> {
  const kind = asked(options);
  switch (kind) {
    case 'quiet':
      return view.id === undefined ? text(value, view, options) : lines([view.id(value)]);
    case 'name':
      if (view.name === undefined) throw unfit(options.format, 'text');
      return lines([view.name(value)]);
    case 'jsonl':
      return jsonLine(value);
    case 'csv':
      throw unfit(options.format, 'text');
    case 'table':
      return text(value, view, options);
    case 'template':
      return template([value], options);
    case 'document':
      return documentText(value, options.format);
  }
}

type Asked = 'quiet' | 'table' | 'name' | 'csv' | 'jsonl' | 'document' | 'template';

function asked({ format, quiet }: RenderOptions): Asked {
  switch (format.kind) {
    case 'table':
    case 'wide':
      return quiet ? 'quiet' : 'table';
    case 'json':
    case 'yaml':
      return 'document';
    default:
      return format.kind;
  }
}

/** A whole value as JSON, or as YAML for that format. */
export async function documentText(value: unknown, format: Format): Promise<string> {
  if (format.kind !== 'yaml') return jsonText(value);
  const { yamlText } = await import('./yaml-text.js');
  return yamlText(value);
}

/** The lines of a template, or its table. */
async function template(rows: readonly unknown[], options: RenderOptions): Promise<string> {
  const { format } = options;
  if (format.kind !== 'template') return '';
  const filled = fillTemplate(format.template, rows, options.onMistake);
  if (!format.table) return filled.map((line) => `${line}\n`).join('');
  return rows.length === 0 ? '' : templateTable(format.template, filled, options);
}

function templateTable(parsed: Template, filled: readonly string[], options: RenderOptions): Promise<string> {
  const columns = templateHeading(parsed)
    .split('\t')
    .map((header) => ({ header }));
  const rows = filled.map((line) => {
    const cells = line.split('\t');
    return columns.map((_, index) => cells[index] ?? '');
  });
  // It says itself how wide it is.
  return table({ columns, rows }, { ...options, noTrunc: true });
}

async function table(grid: Grid, options: RenderOptions, indent = 0): Promise<string> {
  const { tableText } = await import('./table.js');
  const fits = options.terminal.isTTY && !options.noTrunc;
  return tableText(grid, {
    cells: cellStyle(options),
    width: fits ? options.terminal.columns - indent : null,
    header: !options.noHeader,
  });
}

function cellStyle(options: RenderOptions): CellStyle {
  const { isTTY } = options.terminal;
  return {
    styles: stylesFor(options.terminal),
    now: isTTY ? options.now : null,
    shortIds: isTTY && !options.noTrunc,
    missing: '-',
  };
}

function fieldsOf<T>(value: T, columns: readonly Column<T>[], options: RenderOptions): string {
  const cells = columns.map((column) => column.value(value));
  return fieldLines(columns, cells, { ...cellStyle(options), shortIds: false }, null);
}

async function sections<T>(value: T, view: DetailView<T>, options: RenderOptions): Promise<string> {
  if (view.sections === undefined || options.columns !== undefined) return '';
  const { bold } = stylesFor(options.terminal);
  let text = '';
  for (const section of view.sections) {
    const grid = section.grid(value);
    if (grid.rows.length === 0) continue;
    text += `\n${bold(`${section.title}:`)}\n${indented(await table(visible(grid, options), options, 2))}`;
  }
  return text;
}

function visible(grid: Grid, options: RenderOptions): Grid {
  if (options.format.kind === 'wide') return grid;
  const shown = grid.columns.map((column) => column.wide !== true);
  return {
    columns: grid.columns.filter((_, index) => shown[index]),
    rows: grid.rows.map((row) => row.filter((_, index) => shown[index])),
  };
}

function indented(block: string): string {
  return block.replace(/^(?=.)/gm, '  ');
}

function text<T>(value: T, view: TextView<T>, options: RenderOptions): string {
  const whole = view.text(value, stylesFor(options.terminal));
  const strip = options.terminal.colour ? stripAllButStyles : stripControlLines;
  const safe = options.terminal.isTTY ? strip(whole) : whole;
  return safe === '' || safe.endsWith('\n') ? safe : `${safe}\n`;
}

/** One line each, safe for a terminal. */
export function lines(texts: readonly string[]): string {
  return texts.map((line) => `${stripControl(line)}\n`).join('');
}
