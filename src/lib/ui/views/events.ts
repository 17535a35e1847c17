import type { Event, Severity } from '../../port/events.js';
import { stream } from '../result.js';
import { stripControl, type Style, type Styles } from '../terminal.js';

/** `2026-03-01T12:00:00.000Z  die  container web-1.shop  exited with code 1` */
export const eventLines = stream<Event>((event, { styles }) => {
  const { at, verb, object, state, message } = event;
  const what = `${object.kind} ${object.name}`;
  const said = message ?? state;
  const colour = severityStyle(event.severity, styles);
  const words = [styles.dim(stripControl(at)), colour(stripControl(verb)), stripControl(what)];
  return [...words, ...(said === null ? [] : [stripControl(said)])].join('  ');
});

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
