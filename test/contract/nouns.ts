import type { Project } from '../../src/lib/compose/project.js';
import type { Action, ActionDetail, ActionLogLine, Mutation } from '../../src/lib/port/actions.js';
import type { Config, ConfigVariable } from '../../src/lib/port/config.js';
import type { Container, ContainerDetail } from '../../src/lib/port/containers.js';
import type { Event } from '../../src/lib/port/events.js';
import type { Image, ImageDetail } from '../../src/lib/port/images.js';
import type { ServiceLimits } from '../../src/lib/port/limits.js';
import type { LogLine } from '../../src/lib/port/logs.js';
import type { Placement } from '../../src/lib/port/placement.js';
import type { Registry } from '../../src/lib/port/registries.js';
import type { Release, ReleaseChange, ReleaseDetail } from '../../src/lib/port/releases.js';
import type { Service, ServiceDetail } from '../../src/lib/port/services.js';
import type { Stack, StackDetail } from '../../src/lib/port/stacks.js';
import type { Verdict } from '../../src/lib/port/verdict.js';
import { faultsBy } from './support/schemas.js';

/** The nouns whose shape `schemas/nouns.json` holds, by their names there. */
export interface Nouns {
  readonly stack: Stack;
  readonly stackDetail: StackDetail;
  readonly definition: Project;
  readonly stackMutation: Mutation<Stack>;
  readonly service: Service;
  readonly serviceDetail: ServiceDetail;
  readonly serviceMutation: Mutation<Service>;
  readonly servicesMutation: Mutation<readonly Service[]>;
  readonly container: Container;
  readonly containerDetail: ContainerDetail;
  readonly containerMutation: Mutation<Container>;
  readonly action: Action;
  readonly actionDetail: ActionDetail;
  readonly actionLogLine: ActionLogLine;
  readonly logLine: LogLine;
  readonly config: Config;
  readonly configVariable: ConfigVariable;
  readonly configMutation: Mutation<Config>;
  readonly limits: readonly ServiceLimits[];
  readonly serviceLimits: ServiceLimits;
  readonly limitsMutation: Mutation<readonly ServiceLimits[]>;
  readonly placement: Placement;
  /** A row of `tags ls`. */
  readonly placementLabel: { readonly key: string; readonly value: string };
  readonly placementMutation: Mutation<Placement>;
  readonly release: Release;
  readonly releaseDetail: ReleaseDetail;
  readonly releaseChange: ReleaseChange;
  readonly releaseChanges: readonly ReleaseChange[];
  readonly releaseMutation: Mutation<Release>;
  readonly event: Event;
  readonly verdict: Verdict;
  readonly image: Image;
  readonly imageDetail: ImageDetail;
  readonly imageMutation: Mutation<Image>;
  readonly registry: Registry;
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
