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

/** Columns are not made narrower than the first of these to fit, and where that is not enough, than the second. */
const narrowest = [8, 3];

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

/** Widths that make the line fit, the widest shrinkable columns giving first; too wide where none has more to give. */
function fit(natural: readonly number[], columns: readonly ColumnHead[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - available;
  for (const least of narrowest) {
    for (let widest = widestOver(least, widths, columns); excess > 0 && widest >= 0; excess--) {
      widths[widest] = (widths[widest] ?? 0) - 1;
      widest = widestOver(least, widths, columns);
    }
  }
  return widths;
}

/** The widest of the columns that may shrink and are wider than `least`; -1 where there is none. */
function widestOver(least: number, widths: readonly number[], columns: readonly ColumnHead[]): number {
  return columns.reduce((widest, { shrink }, index) => {
    const width = widths[index] ?? 0;
    return shrink === true && width > least && width > (widths[widest] ?? 0) ? index : widest;
  }, -1);
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
