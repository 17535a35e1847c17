import type { Action, ActionDetail, ActionLogLine, Mutation } from '../../src/lib/port/actions.js';
import type { Container, ContainerDetail } from '../../src/lib/port/containers.js';
import type { LogLine } from '../../src/lib/port/logs.js';
import type { Service, ServiceDetail } from '../../src/lib/port/services.js';
import type { Stack, StackDetail } from '../../src/lib/port/stacks.js';
import { faultsBy } from './support/schemas.js';

/** The nouns whose shape `schemas/nouns.json` holds, by their names there. */
export interface Nouns {
  readonly stack: Stack;
  readonly stackDetail: StackDetail;
  readonly stackMutation: Mutation<Stack>;
  readonly service: Service;
  readonly serviceDetail: ServiceDetail;
  readonly servicesMutation: Mutation<readonly Service[]>;
  readonly container: Container;
  readonly containerDetail: ContainerDetail;
  readonly action: Action;
  readonly actionDetail: ActionDetail;
  readonly actionLogLine: ActionLogLine;
  readonly logLine: LogLine;
}

export type NounName = keyof Nouns;

/**
 * The value as the noun it has to be: what a backend gives in this process and what a command prints as JSON are held to
 * the same schema.
 *
 * @throws Error with every difference from the schema.
 */
export function noun<N extends NounName>(name: N, value: unknown): Nouns[N] {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  const faults = faultsBy(`nouns.json#/$defs/${name}`, plain);
  if (isNoun(name, plain, faults)) return plain;
  throw new Error(`this is no ${name}:\n  ${faults.join('\n  ')}\n${JSON.stringify(plain, null, 2)}`);
}

/** Every item of a list as the noun it has to be. */
export async function nouns<N extends NounName>(name: N, items: AsyncIterable<Nouns[N]>): Promise<Nouns[N][]> {
  const collected: Nouns[N][] = [];
  for await (const item of items) collected.push(noun(name, item));
  return collected;
}

function isNoun<N extends NounName>(_name: N, _value: unknown, faults: readonly string[]): _value is Nouns[N] {
  return faults.length === 0;
}
