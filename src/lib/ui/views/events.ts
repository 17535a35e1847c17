import type { Event, Severity } from '../../port/events.js';
import { stream } from '../result.js';
import { stripControl, type Style, type Styles } from '../terminal.js';
import { pad } from '../width.js';

/** Cells of `In progress`: the states of actions stand below each other. */
const longestState = 11;

/**
 * `2026-03-01T12:00:00.000Z  die  container web-1.shop  exited with code 1`; of an action, whose verb would read as if it
 * were done to its object, `2026-03-01T12:00:00.000Z  action  Success   stack shop  Stack Up by ann`.
 */
export const eventLines = stream<Event>(
  (event, { styles }) => {
    const { at, object, state, message } = event;
    const ofAction = Object.hasOwn(event.details, 'action') && state !== null;
    const colour = severityStyle(event.severity, styles);
    const happened = ofAction
      ? ['action', colour(pad(stripControl(state), longestState))]
      : [colour(stripControl(event.verb))];
    const said = message ?? (ofAction ? null : state);
    const words = [styles.dim(stripControl(at)), ...happened, stripControl(`${object.kind} ${object.name}`)];
    return [...words, ...(said === null ? [] : [stripControl(said)])].join('  ');
  },
  { empty: 'No events.' },
);

function severityStyle(severity: Severity, styles: Styles): Style {
  switch (severity) {
    case 'error':
    case 'critical':
      return styles.red;
    case 'warning':
      return styles.yellow;
    case 'cleared':
      return styles.green;
    case 'debug':
      return styles.dim;
    case 'info':
      return (text) => text;
  }
}
