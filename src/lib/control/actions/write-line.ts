import { actionLost } from './describe.js';
import type { ActionRecord, ActionRecords } from './records.js';

/** Appends a line to the action's log. Throws ConflictError when the action is another's by now. */
export async function writeLine(actions: ActionRecords, { id, epoch }: ActionRecord, text: string): Promise<void> {
  if (!(await actions.log(id, epoch, text))) throw actionLost(id);
}
