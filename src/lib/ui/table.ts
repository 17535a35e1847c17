import CliTable from 'cli-table3';
import { cellText, type CellStyle, type CellText } from './cells.js';
import { fieldLines } from './fields.js';
import type { Styles } from './terminal.js';
import type { ColumnHead, Grid } from './view.js';
import { displayWidth, truncate } from './width.js';

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

const widestGap = 3;

/** Blanks between columns, and how narrow the columns get, if they are not narrower anyway. */
interface Squeeze {
  readonly gap: number;
  readonly least: Readonly<Record<'fixed' | 'text' | 'name' | 'state', number>>;
}

/** Ways to make a table narrower, tried one after the other. */
const squeezes: readonly Squeeze[] = [
  { gap: widestGap, least: { fixed: Infinity, text: 12, name: 16, state: Infinity } },
  { gap: 2, least: { fixed: Infinity, text: 8, name: 12, state: Infinity } },
  { gap: 2, least: { fixed: Infinity, text: 4, name: 12, state: 8 } },
];

export interface TableOptions {
  readonly cells: CellStyle;
  /** Width in cells to fit into; null: as wide as it gets. */
  readonly width: number | null;
  readonly header: boolean;
}

/**
 * A table in the look of docker's: capitals above, blanks between columns, no lines, no trailing blanks. Where it is too
 * wide, ages get short and the columns that may shrink are truncated; where that is not enough, each row becomes fields
 * below each other. Without a heading nothing would say what they are: it stays a table then, and is too wide.
 */
export function tableText(grid: Grid, options: TableOptions): string {
  const { cells, width, header } = options;
  const whole = laidOut(grid, options, cells);
  if (width === null || lineWidth(whole) <= width) return drawAll(grid, whole);
  const short = laidOut(grid, options, { ...cells, shortAges: true });
  let layout = short;
  for (const squeeze of squeezes) {
    if (lineWidth(layout) <= width) break;
    layout = squeezed(short, grid.columns, squeeze, width);
  }
  if (!header || lineWidth(layout) <= width) return drawAll(grid, layout);
  return grid.rows.map((row) => fieldLines(grid.columns, row, cells, width)).join('\n');
}

interface Layout {
  readonly rows: readonly (readonly CellText[])[];
  readonly widths: readonly number[];
  /** Blanks between columns. */
  readonly gap: number;
}

/** Texts of all cells, and each column as wide as they are. */
function laidOut(grid: Grid, { header }: TableOptions, cells: CellStyle): Layout {
  const rows = grid.rows.map((row) => row.map((cell) => cellText(cell, cells)));
  if (header) rows.unshift(grid.columns.map((column) => heading(column, cells.styles)));
  const widths = grid.columns.map((_, index) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[index]?.text ?? '')), 0),
  );
  return { rows, widths, gap: widestGap };
}

function lineWidth({ widths, gap }: Pick<Layout, 'widths' | 'gap'>): number {
  return widths.reduce((sum, width) => sum + width, gap * (widths.length - 1));
}

function drawAll({ columns }: Grid, { rows, widths, gap }: Layout): string {
  let text = '';
  for (let start = 0; start < rows.length; start += rowsInBlock) {
    text += draw(rows.slice(start, start + rowsInBlock), columns, { widths, gap });
  }
  return text;
}

function heading(column: ColumnHead, styles: Styles): CellText {
  return { text: column.header.toUpperCase(), style: styles.bold };
}

/** The layout made to fit, or as near to it as it may come: the widest of the columns that may give, give first. */
function squeezed(layout: Layout, columns: readonly ColumnHead[], { gap, least }: Squeeze, available: number): Layout {
  const widths = [...layout.widths];
  const floors = columns.map(({ shrink = false }) => least[shrink === true ? 'text' : shrink || 'fixed']);
  for (let excess = lineWidth({ widths, gap }) - available; excess > 0; excess--) {
    const giver = widest(widths, floors);
    if (giver < 0) break;
    widths[giver] = (widths[giver] ?? 0) - 1;
  }
  return { ...layout, widths, gap };
}

/** The index of the widest column above its floor; -1 where there is none. */
function widest(widths: readonly number[], floors: readonly number[]): number {
  let found = -1;
  for (const [index, width] of widths.entries()) {
    if (width > (floors[index] ?? Infinity) && width > (widths[found] ?? 0)) found = index;
  }
  return found;
}

/** Lines of a table, the cells cut to their widths and no blanks at the ends. */
function draw(
  rows: readonly (readonly CellText[])[],
  columns: readonly ColumnHead[],
  { widths, gap }: Pick<Layout, 'widths' | 'gap'>,
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
