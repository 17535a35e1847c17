import type { Mutation } from '../port/actions.js';
import { refuseColumns, selectColumns, sortColumn } from './columns.js';
import { type Format, requireFormat } from './format.js';
import { checkTemplate } from './template.js';
import type { DetailView, ListView } from './view.js';

/*
 * What can be known of a view before there is anything to show. A command that changes something must not do its work and
 * then fail with an exit code that says that nothing was changed.
 */

/** What the user said about the output, as far as it can be wrong. */
export interface Wanted {
  readonly format: Format;
  readonly columns?: readonly string[];
  readonly sort?: string;
}

/** @throws UsageError for a format that the view has not, and unknown columns. Fields of templates are seen in the rows. */
export function checkList<Row>(wanted: Wanted, view: ListView<Row>): void {
  requireFormat(wanted.format, 'list');
  refuseColumns(wanted);
  selectColumns(view.columns, wanted.columns, true);
  if (wanted.sort !== undefined) sortColumn(view.columns, wanted.sort);
}

/** @throws UsageError for a format or a column that the view has not, and a property where the view tells its own. */
export function checkDetail<T>(wanted: Wanted, view: DetailView<T>): void {
  requireFormat(wanted.format, 'detail');
  refuseColumns(wanted);
  selectColumns(view.fields, wanted.columns, true);
  if (view.properties !== undefined) checkProperties(wanted.format, view.properties);
}

const mutationProperties: Readonly<Required<Record<keyof Mutation<unknown>, null>>> = {
  subject: null,
  action: null,
  plan: null,
  verdict: null,
};

/** @throws UsageError for a format that mutations have not, and a template of what they do not have. */
export function checkMutation({ format }: Wanted): void {
  requireFormat(format, 'mutation');
  checkProperties(format, mutationProperties);
}

function checkProperties(format: Format, properties: object): void {
  if (format.kind === 'template') checkTemplate(format.template, properties);
}
