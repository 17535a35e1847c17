import { InterruptedError } from '../../port/errors.js';
import { actionLost, cancelReason } from './describe.js';
import type { ActionRecord, ActionRecords } from './records.js';

/** How often a runner looks whether its action was canceled or taken from it. */
const beatMs = 200;

/** Tells the runner of an action when it has to stop. */
export interface Heart {
  /** Aborts with an InterruptedError when the action was canceled, with a ConflictError when it is another's. */
  readonly signal: AbortSignal;
  stop(): void;
}

/** Looks again and again whether the action may go on in its epoch. */
export function startHeart(actions: ActionRecords, { id, epoch }: ActionRecord): Heart {
  const stop = new AbortController();
  const beat = async (): Promise<void> => {
    const pulse = await actions.pulse(id, epoch);
    if (pulse === 'lost') stop.abort(actionLost(id));
    if (pulse === 'canceled') stop.abort(await canceledError(actions, id));
  };
  // A store that is busy now is asked again; one that is broken fails the next step.
  const timer = setInterval(() => void beat().catch(() => undefined), beatMs);
  return {
    signal: stop.signal,
    stop: () => {
      clearInterval(timer);
    },
  };
}

async function canceledError(actions: ActionRecords, id: string): Promise<InterruptedError> {
  const record = await actions.get(id);
  return new InterruptedError(cancelReason(record?.canceledBy ?? 'somebody'));
}
