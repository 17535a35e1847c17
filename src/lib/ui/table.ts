import { cellText, type CellStyle, type CellText } from './cells.js';
import type { Styles } from './terminal.js';
import type { ColumnHead, Grid } from './view.js';
import { displayWidth, pad, truncate } from './width.js';

/*
 * Drawn here and not by cli-table3: that measures with string-width (see width.ts), needs 16 ms for its first table and
 * takes time quadratic in the rows (2.7 s for 5,000).
 */

const gap = '   ';

/** A column is not made narrower than this to fit, unless its content is. */
const narrowest = 8;

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
  return rows.map((row) => `${line(row, grid.columns, widths)}\n`).join('');
}

function heading(column: ColumnHead, styles: Styles): CellText {
  return { text: column.header.toUpperCase(), style: styles.bold };
}

/** Widths that make the line fit, the widest shrinkable columns giving first; unchanged columns where that is not enough. */
function fit(natural: readonly number[], columns: readonly ColumnHead[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - available;
  while (excess > 0) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (column.shrink === true && width > narrowest && width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}

function line(row: readonly CellText[], columns: readonly ColumnHead[], widths: readonly number[]): string {
  const last = row.findLastIndex(({ text }) => text !== '');
  return row
    .slice(0, last + 1)
    .map(({ text, style }, index) => {
      const width = widths[index] ?? 0;
      const align = columns[index]?.align ?? 'left';
      const fitted = truncate(text, Math.max(1, width));
      // Blanks stay outside of the style, and after the last column there are none.
      const padded = index === last && align === 'left' ? fitted : pad(fitted, width, align);
      return style === undefined ? padded : padded.replace(fitted, () => style(fitted));
    })
    .join(gap);
}
