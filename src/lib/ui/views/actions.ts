import type { Action, ActionDetail, ActionLogLine } from '../../port/actions.js';
import { detail, list, stream, type View } from '../result.js';
import { stripControl } from '../terminal.js';
import { type Column, section } from '../view.js';

const columns: readonly Column<Action>[] = [
  { header: 'id', value: (action) => ({ id: action.id }) },
  { header: 'action', value: (action) => action.name, shrink: true },
  { header: 'status', value: (action) => ({ state: action.state }), shrink: 'state' },
  { header: 'target', value: (action) => action.object.name, shrink: 'name' },
  { header: 'user', value: (action) => action.user, wide: true },
  { header: 'start', value: (action) => ({ age: action.startedAt }) },
  { header: 'end', value: (action) => ({ age: action.endedAt }) },
  { header: 'reason', value: (action) => action.reason, wide: true, shrink: true },
];

const idOf = (action: Action): string => action.id;

/** Every property of an action, for templates of commands that change something. */
const properties = {
  id: null,
  name: null,
  state: null,
  object: null,
  user: null,
  startedAt: null,
  endedAt: null,
  reason: null,
  canBeCanceled: null,
  canBeRetried: null,
  percent: null,
  address: null,
  location: null,
  byUser: null,
} as const;

const rows = { columns, id: idOf, name: idOf, empty: 'No actions.' };

export const actionList = list<Action>(rows);

/** Actions after a command did something to them. */
export const actionsChanged: View<AsyncIterable<Action> | readonly Action[]> = {
  ...list<Action>({ ...rows, properties }),
  endings: (actions) => (Symbol.asyncIterator in actions ? [] : actions.map((action) => ({ action }))),
};

const fields: readonly Column<Action>[] = [
  { header: 'id', value: (action) => ({ id: action.id }) },
  { header: 'action', value: (action) => action.name },
  { header: 'target', value: (action) => `${action.object.kind} ${action.object.name}` },
  { header: 'status', value: (action) => ({ state: action.state }) },
  { header: 'reason', value: (action) => action.reason },
  { header: 'user', value: (action) => action.user },
  { header: 'start', value: (action) => ({ age: action.startedAt }) },
  { header: 'end', value: (action) => ({ age: action.endedAt }) },
];

export const actionSummary: View<Action> = {
  ...detail<Action>({ fields, id: idOf, name: idOf, properties }),
  endings: (action) => [{ action }],
};

export const actionDetail = detail<ActionDetail>({
  fields,
  id: idOf,
  name: idOf,
  sections: [
    section({
      title: 'Steps',
      rows: (action: ActionDetail) => action.steps,
      columns: [
        { header: 'state', value: (step) => ({ state: step.state }) },
        { header: 'step', value: (step) => `${step.operation} ${step.kind} ${step.name}`, shrink: 'name' },
        { header: 'reasons', value: (step) => step.reasons.join('; '), shrink: true },
      ],
    }),
  ],
});

export const actionLogLines = stream<ActionLogLine>((line, style) => {
  const said = stripControl(line.text);
  return style.timestamps ? `${style.styles.dim(line.at)} ${said}` : said;
});
