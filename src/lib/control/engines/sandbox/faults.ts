import * as v from 'valibot';
import { UsageError } from '../../../port/errors.js';
import { draw } from './draw.js';
import { readDuration } from '../duration.js';

/** What goes wrong in a container. Durations are in sandbox milliseconds. */
export const faultSchema = v.object({
  /** Null is every service; so is a null `stack`. */
  service: v.nullable(v.string()),
  stack: v.nullable(v.string()),
  /** Null is every replica. */
  slot: v.nullable(v.number()),
  effect: v.picklist(['exit', 'unhealthy', 'pull-error', 'start-slow', 'hang']),
  /** For `exit`: the code. */
  exitCode: v.number(),
  /** For `exit` and `unhealthy`: after the start; for `start-slow`: how much longer. */
  afterMs: v.number(),
  /** Only the first so many starts of each container; null is every start. */
  times: v.nullable(v.number()),
  /** How likely it is at each start, 0-1. */
  probability: v.number(),
  /** Only containers of this image; null is any. */
  image: v.nullable(v.string()),
});
export type Fault = v.InferOutput<typeof faultSchema>;

/** A node that goes down. Durations are in sandbox milliseconds from the command that asked for it. */
export const nodeFaultSchema = v.object({
  node: v.string(),
  afterMs: v.number(),
  /** Null is for good. */
  forMs: v.nullable(v.number()),
});
export type NodeFault = v.InferOutput<typeof nodeFaultSchema>;

export interface Faults {
  readonly services: Fault[];
  readonly nodes: NodeFault[];
}

const grammar =
  'Rules are separated by ";": SERVICE[.STACK][#REPLICA]:EFFECT[,OPTION...] with crash, exit=N, unhealthy, ' +
  'pull-error, start-slow=DURATION or hang and after=, exit=, times=, p=, image=; or node NAME:down[,after=][,for=].';

/**
 * Reads `BERTH_SANDBOX_FAULTS`.
 *
 * @param variable what to call the text in messages.
 * @throws UsageError naming the variable and the rule that is wrong.
 */
export function parseFaults(text: string, variable: string): Faults {
  const faults: Faults = { services: [], nodes: [] };
  for (const rule of text.split(';').map((part) => part.trim())) {
    if (rule === '') continue;
    const fail = (why: string): never => {
      throw new UsageError(`${variable}: ${why} in "${rule}"`, { hint: grammar });
    };
    const colon = rule.indexOf(':');
    if (colon < 0) return fail('no ":" after the target');
    const target = rule.slice(0, colon).trim();
    const effects = rule.slice(colon + 1);
    if (target.startsWith('node ')) faults.nodes.push(parseNodeFault(target.slice(5).trim(), effects, fail));
    else faults.services.push({ ...parseTarget(target, fail), ...parseEffect(effects, fail) });
  }
  return faults;
}

/**
 * Reads the effects of one rule without a target: what `x-berth.sandbox` of a service may say.
 *
 * @throws UsageError naming `where` and what is wrong.
 */
export function parseOwnFault(text: string, where: string): Fault {
  const effect = parseEffect(text, (why) => {
    throw new UsageError(`${where}: ${why} in "${text}"`, { hint: grammar });
  });
  return { service: null, stack: null, slot: null, ...effect };
}

type Fail = (why: string) => never;
type Effect = Omit<Fault, 'service' | 'stack' | 'slot'>;

function parseTarget(target: string, fail: Fail): Pick<Fault, 'service' | 'stack' | 'slot'> {
  const match = /^([^.#\s]+)(?:\.([^#\s]+))?(?:#([1-9]\d*))?$/.exec(target);
  if (match === null) return fail(`"${target}" is no service`);
  const [, service = '', stack, slot] = match;
  return {
    service: service === '*' ? null : service,
    stack: stack ?? null,
    slot: slot === undefined ? null : Number(slot),
  };
}

function parseEffect(text: string, fail: Fail): Effect {
  const options = parseOptions(text, fail);
  const [name = '', value] = options.shift() ?? [];
  const effect: Effect = { ...effectNamed(name, value, fail), times: null, probability: 1, image: null };
  for (const [option, given] of options) applyOption(effect, option, given, fail);
  return effect;
}

function effectNamed(
  name: string,
  value: string | undefined,
  fail: Fail,
): Omit<Effect, 'times' | 'probability' | 'image'> {
  switch (name) {
    case 'crash':
      return { effect: 'exit', exitCode: 1, afterMs: 1_000 };
    case 'exit':
      return { effect: 'exit', exitCode: exitCode(value, fail), afterMs: 1_000 };
    case 'start-slow':
      return { effect: 'start-slow', exitCode: 0, afterMs: duration(name, value, fail) };
    case 'unhealthy':
    case 'pull-error':
    case 'hang':
      return { effect: name, exitCode: 0, afterMs: 0 };
    default:
      return fail(name === '' ? 'no effect' : `unknown effect "${name}"`);
  }
}

function applyOption(effect: Effect, option: string, value: string | undefined, fail: Fail): void {
  const timed = effect.effect === 'exit' || effect.effect === 'unhealthy';
  if (option === 'after' && timed) effect.afterMs = duration(option, value, fail);
  else if (option === 'exit' && effect.effect === 'exit') effect.exitCode = exitCode(value, fail);
  else if (option === 'times') effect.times = wholeNumber(option, value, 1, fail);
  else if (option === 'p') effect.probability = probability(value, fail);
  else if (option === 'image' && value !== undefined && value !== '') effect.image = value;
  else fail(`"${option}" does not go with ${effect.effect}`);
}

function parseNodeFault(node: string, text: string, fail: Fail): NodeFault {
  const options = parseOptions(text, fail);
  const [name = ''] = options.shift() ?? [];
  if (node === '') return fail('no node name');
  if (name !== 'down') return fail(`unknown effect "${name}" of a node`);
  const fault: NodeFault = { node, afterMs: 0, forMs: null };
  for (const [option, value] of options) {
    if (option === 'after') fault.afterMs = duration(option, value, fail);
    else if (option === 'for') fault.forMs = duration(option, value, fail);
    else fail(`"${option}" does not go with down`);
  }
  return fault;
}

function parseOptions(text: string, fail: Fail): [string, string | undefined][] {
  return text.split(',').map((part): [string, string | undefined] => {
    const option = part.trim();
    if (option === '') return fail('an empty option');
    const equals = option.indexOf('=');
    return equals < 0 ? [option, undefined] : [option.slice(0, equals).trim(), option.slice(equals + 1).trim()];
  });
}

function duration(option: string, value: string | undefined, fail: Fail): number {
  return readDuration(value ?? '') ?? fail(`${option}= wants a duration such as 2s`);
}

function exitCode(value: string | undefined, fail: Fail): number {
  const code = wholeNumber('exit', value, 0, fail);
  return code <= 255 ? code : fail('exit= wants 0 to 255');
}

function wholeNumber(option: string, value: string | undefined, least: number, fail: Fail): number {
  const number = /^\d{1,9}$/.test(value ?? '') ? Number(value) : -1;
  return number >= least ? number : fail(`${option}= wants a whole number from ${least}`);
}

function probability(value: string | undefined, fail: Fail): number {
  const number = /^\d*\.?\d+$/.test(value ?? '') ? Number(value) : -1;
  return number >= 0 && number <= 1 ? number : fail('p= wants a number from 0 to 1');
}

/** The faults that may befall a replica. */
export function faultsOf(
  faults: readonly Fault[],
  replica: { readonly service: string; readonly stack: string; readonly slot: number; readonly image: string },
): Fault[] {
  return faults.filter(
    (fault) =>
      (fault.service === null || fault.service === replica.service) &&
      (fault.stack === null || fault.stack === replica.stack) &&
      (fault.slot === null || fault.slot === replica.slot) &&
      (fault.image === null || fault.image === replica.image),
  );
}

/**
 * The first fault with that effect that befalls one start of a container.
 *
 * @param start counted from 1.
 */
export function faultAt(
  faults: readonly Fault[],
  effect: Fault['effect'],
  containerId: string,
  start: number,
): Fault | undefined {
  return faults.find(
    (fault, index) =>
      fault.effect === effect &&
      (fault.times === null || start <= fault.times) &&
      (fault.probability >= 1 || draw(containerId, start, index) < fault.probability),
  );
}
