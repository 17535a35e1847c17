import type { InputBody } from '../input.js';
import type { Refusal, SandboxState } from '../state.js';
import { commandRefusal } from './command.js';

/** Refusals kept: whoever asked looks at once, so a few would do. */
const keptRefusals = 100;

/** Why an input is not taken in; undefined when it is. */
export function refusalOf(state: SandboxState, body: InputBody): Omit<Refusal, 'input'> | undefined {
  const { namespace, stack } = body.verb === 'command' ? body.task : body.resource;
  const newest = epochOf(state, namespace, stack)?.epoch ?? 0;
  if (body.epoch < newest) {
    const why = `its lock was taken over (epoch ${body.epoch}, now ${newest})`;
    return { code: 'conflict', message: `stack ${stack} is being changed by somebody else: ${why}` };
  }
  return body.verb === 'command' ? commandRefusal(state, body.task, body.command) : undefined;
}

/** Takes note of who asks, and whether the input may be taken in. */
export function admit(state: SandboxState, input: number, body: InputBody): boolean {
  const refusal = refusalOf(state, body);
  if (refusal?.code !== 'conflict') noteEpoch(state, body);
  if (refusal === undefined) return true;
  state.refusals = [...state.refusals.slice(1 - keptRefusals), { input, ...refusal }];
  return false;
}

function noteEpoch(state: SandboxState, body: InputBody): void {
  const { namespace, stack } = body.verb === 'command' ? body.task : body.resource;
  const known = epochOf(state, namespace, stack);
  if (known === undefined) state.epochs.push({ namespace, stack, epoch: body.epoch });
  else known.epoch = body.epoch;
}

function epochOf(
  { epochs }: SandboxState,
  namespace: string,
  stack: string,
): SandboxState['epochs'][number] | undefined {
  return epochs.find((known) => known.stack === stack && known.namespace === namespace);
}
