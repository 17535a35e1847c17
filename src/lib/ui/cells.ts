import { age } from './human.js';
import { stripControl, type Style, type Styles } from './terminal.js';
import type { Cell } from './view.js';

/** How cells are shown: for a reader (`now` for ages, short ids) or verbatim. */
export interface CellStyle {
  readonly styles: Styles;
  /** Milliseconds since the epoch: ages are told in words. Null: verbatim. */
  readonly now: number | null;
  /** `3s ago` instead of `3 seconds ago`. Default false. */
  readonly shortAges?: boolean;
  readonly shortIds: boolean;
  /** What stands for null and empty lists. */
  readonly missing: string;
}

/** Text of a cell, and how to colour it once it has been fitted. */
export interface CellText {
  readonly text: string;
  readonly style: Style | undefined;
}

const shortIdLength = 8;

export function cellText(cell: Cell, style: CellStyle): CellText {
  if (cell === null) return { text: style.missing, style: undefined };
  if (typeof cell === 'string') return { text: stripControl(cell), style: undefined };
  if (typeof cell === 'number' || typeof cell === 'boolean') return { text: String(cell), style: undefined };
  if ('age' in cell) {
    if (cell.age === null) return { text: style.missing, style: undefined };
    const text = stripControl(cell.age);
    const length = style.shortAges === true ? 'short' : 'long';
    return { text: style.now === null ? text : age(text, style.now, length), style: undefined };
  }
  if ('state' in cell) return { text: stripControl(cell.state), style: stateStyle(cell.state, style.styles) };
  if ('id' in cell) {
    const text = stripControl(cell.id);
    return { text: style.shortIds ? text.slice(0, shortIdLength) : text, style: undefined };
  }
  const text = cell.length === 0 ? style.missing : cell.map((entry) => stripControl(entry)).join(', ');
  return { text, style: undefined };
}

/** States of every noun, lower case, by what they mean to a reader; others are not coloured. */
const good: ReadonlySet<string> = new Set(['running', 'success', 'healthy', 'done', 'deployed']);
const bad: ReadonlySet<string> = new Set(['failed', 'unhealthy', 'canceled', 'unreachable', 'error']);
const idle: ReadonlySet<string> = new Set(['not running', 'stopped', 'terminated', 'skipped']);
const busy: ReadonlySet<string> = new Set([
  'init',
  'pending',
  'in progress',
  'canceling',
  'starting',
  'partly running',
  'paused',
  'scaling',
  'redeploying',
  'stopping',
  'terminating',
]);

/** The colour of a state; undefined for one that is not known. */
function stateStyle(state: string, styles: Styles): Style | undefined {
  // `Running (unhealthy)`, `Stopped (1)`, `Running (*)`: what is in parentheses is more of it.
  const [, known = '', more = ''] = /^(.*?)(?: \((.*)\))?$/s.exec(state.toLowerCase()) ?? [];
  if (bad.has(more)) return styles.red;
  if (good.has(known)) return styles.green;
  if (bad.has(known)) return styles.red;
  if (busy.has(known)) return styles.yellow;
  return idle.has(known) ? styles.dim : undefined;
}

/** A key to sort rows by: numbers as numbers, everything else as text; null where there is no value. */
export function sortKey(cell: Cell): number | string | null {
  if (cell === null || typeof cell === 'number' || typeof cell === 'string') return cell;
  if (typeof cell === 'boolean') return Number(cell);
  if ('age' in cell) return cell.age;
  if ('state' in cell) return cell.state;
  return 'id' in cell ? cell.id : cell.join(', ');
}
