import type { PlannedStep } from '../port/plan.js';
import { stripControl, type Style, type Styles } from './terminal.js';
import type { TextView } from './view.js';

/** Steps of a plan, for `--dry-run` and `diff`. */
export const planView: TextView<readonly PlannedStep[]> = { kind: 'text', text: planText };

/** A line a step: `+ create service web  (new)`, `~ update service web  image: redis:7 -> redis:8`. */
export function planText(steps: readonly PlannedStep[], styles: Styles): string {
  if (steps.length === 0) return 'No changes.\n';
  return steps.map((step) => `${stepLine(step, styles)}\n`).join('');
}

function stepLine(step: PlannedStep, styles: Styles): string {
  const { sign, colour } = look(step, styles);
  const name = stripControl(step.name);
  const reasons = step.reasons.map((reason) => stripControl(reason));
  const what = `${colour(`${sign} ${step.operation}`)} ${step.kind} ${name}`;
  if (reasons.length === 0) return what;
  // `image: a -> b` tells by itself what it is; mere words do not.
  const why = reasons.join('; ');
  return `${what}  ${reasons.every((reason) => reason.includes(': ')) ? why : `(${why})`}`;
}

function look(step: PlannedStep, styles: Styles): { readonly sign: string; readonly colour: Style } {
  switch (step.operation) {
    case 'create':
    case 'start':
      return { sign: '+', colour: styles.green };
    case 'remove':
    case 'stop':
      return { sign: '-', colour: styles.red };
    case 'update':
    case 'restart':
    case 'scale':
      return { sign: '~', colour: styles.yellow };
    case 'store':
    case 'wait':
      return { sign: '*', colour: styles.dim };
  }
}
