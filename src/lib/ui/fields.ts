import { cellText, type CellStyle } from './cells.js';
import type { Cell, ColumnHead } from './view.js';
import { pad, truncate } from './width.js';

/**
 * `Key:   value`, the values one below the other.
 *
 * @param width cells to cut the lines to; null: as wide as they get.
 */
export function fieldLines(
  columns: readonly ColumnHead[],
  cells: readonly Cell[],
  style: CellStyle,
  width: number | null,
): string {
  const keys = columns.reduce((widest, { header }) => Math.max(widest, header.length), 0) + 2;
  return columns
    .map(({ header }, index) => {
      const { text, style: colour } = cellText(cells[index] ?? null, style);
      const value = width === null ? text : truncate(text, Math.max(1, width - keys));
      const blanks = pad(`${header}:`, keys).slice(header.length + 1);
      return `${style.styles.bold(`${title(header)}:`)}${blanks}${colour === undefined ? value : colour(value)}\n`;
    })
    .join('');
}

function title(header: string): string {
  return header.slice(0, 1).toUpperCase() + header.slice(1);
}
