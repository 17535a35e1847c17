import { cellText } from './cells.js';
import { stylesFor } from './terminal.js';
import type { Grid } from './view.js';

const verbatim = { styles: stylesFor({ colour: false }), now: null, shortIds: false, missing: '' };

/** RFC 4180: a line a row, ended by CR LF; fields with a comma, quote or line end are quoted. */
export function csvText(grid: Grid, header: boolean): string {
  const rows = grid.rows.map((row) => row.map((cell) => cellText(cell, verbatim).text));
  if (header) rows.unshift(grid.columns.map((column) => column.header));
  return rows.map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

function quote(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
