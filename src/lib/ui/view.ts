import type { Style, Styles } from './terminal.js';

/**
 * The value of a column. On a TTY an age is told in words and a state is coloured; off a TTY both are verbatim. An id is
 * cut to 8 characters in tables on a TTY. Text may come from a platform: it is stripped of control characters.
 */
export type Cell =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  /** RFC 3339. */
  | { readonly age: string | null }
  | { readonly state: string }
  | { readonly id: string };

/** How a column looks, whatever is in it. */
export interface ColumnHead {
  /** In words and lower case: `image`, `created`. Tables show it in capitals; `--columns` and `--sort` go by it. */
  readonly header: string;
  /** Shown in the `wide` and `csv` formats only, unless `--columns` names it. */
  readonly wide?: boolean;
  readonly align?: 'left' | 'right';
  /** May be truncated to fit the terminal: texts first and most, names as long as they can be read, states at last. */
  readonly shrink?: boolean | 'name' | 'state';
}

export interface Column<Row> extends ColumnHead {
  readonly value: (row: Row) => Cell;
}

/** One row an object. */
export interface ListView<Row> {
  readonly kind: 'list';
  readonly columns: readonly Column<Row>[];
  readonly id: (row: Row) => string;
  readonly name: (row: Row) => string;
  /** For stderr, when there are no rows: a sentence. */
  readonly empty: string;
}

/** One object, with tables of what belongs to it. */
export interface DetailView<T> {
  readonly kind: 'detail';
  readonly fields: readonly Column<T>[];
  readonly id: (value: T) => string;
  readonly name: (value: T) => string;
  readonly sections?: readonly Section<T>[];
  /** Every property of the value, where the command changes something: templates are then checked before it runs. */
  readonly properties?: Readonly<Record<keyof T, null>>;
}

/** Columns with their cells, row by row. */
export interface Grid {
  readonly columns: readonly ColumnHead[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A table below the fields of a detail. Made by `section`, which is where the type of its rows is known. */
export interface Section<T> {
  readonly title: string;
  readonly grid: (value: T) => Grid;
}

/** Declares a section: what its rows are and how they are shown. A section without rows is left out. */
export function section<T, Row>(options: {
  readonly title: string;
  readonly rows: (value: T) => readonly Row[];
  readonly columns: readonly Column<Row>[];
}): Section<T> {
  return { title: options.title, grid: (value) => gridOf(options.rows(value), options.columns) };
}

/** Evaluates columns over rows. */
export function gridOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Grid {
  return { columns, rows: rows.map((row) => columns.map((column) => column.value(row))) };
}

/** What a stream view may use to write its lines. */
export interface StreamStyle {
  readonly styles: Styles;
  /** Whether the user asked for timestamps. */
  readonly timestamps: boolean;
  /**
   * `web-1        | `: the key, padded so that what follows stays in its place where keys are not much longer than others.
   * Its colour depends on the group alone, which is the key itself where none is given.
   */
  readonly prefix: (key: string, group?: string) => string;
  readonly colourOf: (key: string) => Style;
}

/** One line an item, written as it comes. */
export interface StreamView<Item> {
  readonly kind: 'stream';
  /** The line without its end. Passed on as it is: use `stripControl` for platform text that is not a container's log. */
  readonly line: (item: Item, style: StreamStyle) => string;
}

/** Text that is neither a table nor a detail. */
export interface TextView<T> {
  readonly kind: 'text';
  readonly text: (value: T, styles: Styles) => string;
  readonly id?: (value: T) => string;
  readonly name?: (value: T) => string;
}
