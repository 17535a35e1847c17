import { UsageError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { sortKey } from './cells.js';
import { type Format, formatName } from './format.js';
import type { Column } from './view.js';

/** @throws UsageError where columns were chosen for a format that has none. */
export function refuseColumns({
  format,
  columns,
}: {
  readonly format: Format;
  readonly columns?: readonly string[];
}): void {
  if (columns === undefined || ['table', 'wide', 'csv'].includes(format.kind)) return;
  throw new UsageError(`${formatName(format)} has no columns to choose`, {
    hint: 'Leave out --columns, or use the formats table, wide or csv.',
  });
}

/**
 * The columns to show: those named, in that order, or all (`wide`), or all but the wide ones.
 *
 * @throws UsageError for a name that no column has.
 */
export function selectColumns<Row>(
  columns: readonly Column<Row>[],
  names: readonly string[] | undefined,
  wide: boolean,
): readonly Column<Row>[] {
  if (names !== undefined) return names.map((name) => columnNamed(columns, name));
  return wide ? columns : columns.filter((column) => column.wide !== true);
}

/**
 * Rows by the values of a column, descending with `-` before its name; those without a value come last either way, and
 * rows of equal value keep their order.
 *
 * @throws UsageError for a name that no column has.
 */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: string | undefined,
): readonly Row[] {
  if (sort === undefined) return rows;
  const { column, descending } = sortColumn(columns, sort);
  const keyed = rows.map((row) => ({ row, key: sortKey(column.value(row)) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return descending ? compare(b.key, a.key) : compare(a.key, b.key);
  });
  return keyed.map(({ row }) => row);
}

/** @throws UsageError for a name that no column has. */
export function sortColumn<Row>(
  columns: readonly Column<Row>[],
  sort: string,
): { readonly column: Column<Row>; readonly descending: boolean } {
  const descending = sort.startsWith('-');
  return { column: columnNamed(columns, descending ? sort.slice(1) : sort), descending };
}

function columnNamed<Row>(columns: readonly Column<Row>[], name: string): Column<Row> {
  const wanted = name.toLowerCase();
  const found = columns.find((column) => column.header.toLowerCase() === wanted);
  if (found !== undefined) return found;
  const headers = columns.map((column) => column.header.toLowerCase());
  const near = nearest(name, headers);
  throw new UsageError(`unknown column ${JSON.stringify(name)}`, {
    hint: near === undefined ? `There is: ${headers.join(', ')}.` : `Did you mean ${near}?`,
  });
}

/** Numbers as numbers and before text; text by its UTF-16 units (`localeCompare` would load Intl). */
function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === 'number' ? -1 : 1;
}
