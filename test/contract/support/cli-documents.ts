import type { CallContext } from '../../../src/lib/port/verb.js';
import { noun, type NounName, type Nouns } from '../nouns.js';
import { type CliOptions, document, lines } from './cli-process.js';

/*
 * What commands print, as the nouns it has to be.
 */

/** One document. */
export async function one<N extends NounName>(
  cli: CliOptions,
  name: N,
  args: readonly string[],
  context: CallContext,
): Promise<Nouns[N]> {
  return noun(name, await document(cli, args, context));
}

/** The only item of an array: what a command prints that takes several names. */
export async function only<N extends NounName>(
  cli: CliOptions,
  name: N,
  args: readonly string[],
  context: CallContext,
): Promise<Nouns[N]> {
  const [first, ...others] = await array(cli, name, args, context);
  if (first === undefined || others.length > 0) {
    throw new Error(`berth ${args.join(' ')} --json printed ${first === undefined ? 'nothing' : 'more'} for one name`);
  }
  return first;
}

/** The items of an array. */
export async function array<N extends NounName>(
  cli: CliOptions,
  name: N,
  args: readonly string[],
  context: CallContext,
): Promise<Nouns[N][]> {
  const list = await document(cli, args, context);
  if (!Array.isArray(list)) throw new Error(`berth ${args.join(' ')} --json printed no array`);
  return list.map((item) => noun(name, item));
}

/** The same, one after the other. */
export async function* items<N extends NounName>(
  cli: CliOptions,
  name: N,
  args: readonly string[],
  context: CallContext,
): AsyncGenerator<Nouns[N]> {
  yield* await array(cli, name, args, context);
}

/** Objects as they come, one a line. */
export async function* stream<N extends NounName>(
  cli: CliOptions,
  name: N,
  args: readonly string[],
  context: CallContext,
): AsyncGenerator<Nouns[N]> {
  for await (const item of lines(cli, args, context)) yield noun(name, item);
}
