import type { Mutation } from '../port/actions.js';
import { planText } from './plan-view.js';
import { lines, renderList, renderValue, type RenderOptions } from './render.js';
import { stylesFor } from './terminal.js';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The result of a verb that changes something. */
export interface MutationView<T> {
  readonly kind: 'mutation';
  /** What was changed, as it is to be named on stdout. */
  readonly subjects: (subject: T) => readonly Named[];
}

/**
 * The text for stdout: a line with the name (`quiet`: the id) of each thing changed, or of what the action was about
 * when that is gone. A dry run has neither and gives its plan. Machine formats print the whole mutation.
 *
 * @throws UsageError for `csv`, and for unknown template fields unless `onMistake` takes them.
 */
export async function renderMutation<T>(
  mutation: Mutation<T>,
  view: MutationView<T>,
  options: RenderOptions,
): Promise<string> {
  const { format, quiet } = options;
  const changed = changedBy(mutation, view) ?? (format.kind === 'name' ? [] : undefined);
  const table = format.kind === 'table' || format.kind === 'wide';
  if (changed !== undefined && (table || format.kind === 'name')) {
    return lines(changed.map(({ id, name }) => (table && quiet ? id : name)));
  }
  return renderValue(mutation, { kind: 'text', text: ({ plan }, styles) => planText(plan, styles) }, options);
}

/**
 * The same for several changes, one after the other. Machine formats print the mutations as a list, also of a single one.
 *
 * @throws UsageError like `renderMutation`.
 */
export async function renderMutations<T>(
  mutations: readonly Mutation<T>[],
  view: MutationView<T>,
  options: RenderOptions,
): Promise<string> {
  const { format, quiet, terminal } = options;
  const table = format.kind === 'table' || format.kind === 'wide';
  if (!table && format.kind !== 'name') {
    const rows = { kind: 'list', columns: [], id: () => '', name: () => '', empty: '' } as const;
    return renderList(mutations, rows, options);
  }
  const changed = mutations.map((mutation) => changedBy(mutation, view));
  // Either all were tried, or none: a name beside a plan would tell nobody what was done.
  if (table && changed.every((named) => named === undefined)) {
    return planText(
      mutations.flatMap(({ plan }) => plan),
      stylesFor(terminal),
    );
  }
  return lines(changed.flatMap((named) => (named ?? []).map(({ id, name }) => (table && quiet ? id : name))));
}

/** Undefined when nothing was changed: a dry run. */
function changedBy<T>(mutation: Mutation<T>, view: MutationView<T>): readonly Named[] | undefined {
  if (mutation.subject !== null) return view.subjects(mutation.subject);
  return mutation.action === null ? undefined : [mutation.action.object];
}
