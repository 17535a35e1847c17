import CliTable from 'cli-table3';
import { cellText, type CellStyle, type CellText } from './cells.js';
import type { Styles } from './terminal.js';
import type { ColumnHead, Grid } from './view.js';
import { displayWidth, truncate } from './width.js';

const gap = 3;

/** cli-table3 takes time quadratic in the rows; columns have their widths before it starts, so blocks look like one table. */
const rowsInBlock = 100;

/** No lines: what is between cells is padding. */
const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const;

/** A column is not made narrower than this to fit while others may give; its content may be. */
const narrow = 8;

/** On a terminal that is too narrow even so, the last columns give until they are this narrow. */
const narrowest = 3;

export interface TableOptions {
  readonly cells: CellStyle;
  /** Width in cells to fit into by truncating the columns that may shrink; null: as wide as it gets. */
  readonly width: number | null;
  readonly header: boolean;
}

/** A table in the look of docker's: capitals above, three blanks between columns, no lines, no trailing blanks. */
export function tableText(grid: Grid, options: TableOptions): string {
  const rows = grid.rows.map((row) => row.map((cell) => cellText(cell, options.cells)));
  if (options.header) rows.unshift(grid.columns.map((column) => heading(column, options.cells.styles)));
  const natural = grid.columns.map((_, index) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[index]?.text ?? '')), 0),
  );
  const widths = options.width === null ? natural : fit(natural, grid.columns, options.width);
  let text = '';
  for (let start = 0; start < rows.length; start += rowsInBlock) {
    text += draw(rows.slice(start, start + rowsInBlock), grid.columns, widths);
  }
  return text;
}

function heading(column: ColumnHead, styles: Styles): CellText {
  return { text: column.header.toUpperCase(), style: styles.bold };
}

/**
 * Widths that make the line fit: the widest of the columns that may shrink give first, then the last ones, so that names,
 * which come first, stay. Too wide where none has more to give.
 */
function fit(natural: readonly number[], columns: readonly ColumnHead[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - available;
  while (excess > 0) {
    const giver = giverOf(widths, columns);
    if (giver < 0) break;
    widths[giver] = (widths[giver] ?? 0) - 1;
    excess--;
  }
  return widths;
}

/** The index of the column that is made narrower next; -1 where there is none. */
function giverOf(widths: readonly number[], columns: readonly ColumnHead[]): number {
  let widest = -1;
  let last = -1;
  for (const [index, { shrink }] of columns.entries()) {
    const width = widths[index] ?? 0;
    if (shrink !== true) continue;
    if (width > narrow && width > (widths[widest] ?? 0)) widest = index;
    if (width > narrowest) last = index;
  }
  return widest < 0 ? last : widest;
}

/** Lines of a table, the cells cut to their widths and no blanks at the ends. */
function draw(
  rows: readonly (readonly CellText[])[],
  columns: readonly ColumnHead[],
  widths: readonly number[],
): string {
  const table = new CliTable({
    chars: noLines,
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [] },
    colWidths: widths.map((width) => Math.max(1, width) + gap),
    colAligns: columns.map(({ align }) => align ?? 'left'),
  });
  for (const row of rows) {
    table.push(
      row.map(({ text, style }, index) => {
        const fitted = truncate(text, Math.max(1, widths[index] ?? 0));
        return style === undefined ? fitted : style(fitted);
      }),
    );
  }
  return `${table.toString().replace(/ +$/gm, '')}\n`;
}
