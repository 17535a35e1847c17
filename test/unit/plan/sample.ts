import type { Dependency, Project, Service } from '../../../src/lib/compose/project.js';
import { digest } from '../../../src/lib/plan/hash.js';
import type {
  ConfigureIntent,
  ContainerIntent,
  Intent,
  RunIntent,
  UpdateIntent,
  UpIntent,
} from '../../../src/lib/plan/intent.js';
import type { Overlays, ReleaseOverlays } from '../../../src/lib/plan/overlays.js';
import { type Observation, planIntent, type StoredStack } from '../../../src/lib/plan/plan.js';
import type { EngineResource } from '../../../src/lib/plan/resources.js';
import type { GateCondition, ObservedService, Plan, ReleaseBody, Step } from '../../../src/lib/plan/steps.js';

const scope = { namespace: 'ann', stack: 'shop' };

export function needs(condition: Dependency['condition'], required = true): Dependency {
  return { condition, required };
}

export function project(
  services: Readonly<Record<string, Service>>,
  rest: Omit<Partial<Project>, 'services'> = {},
): Project {
  return { name: 'shop', services, ...rest };
}

const conditions = ['started', 'healthy', 'completed'] as const;

/** What an engine and a ledger would hold after the steps of a plan. */
export interface World {
  observed: { services: ObservedService[]; resources: { kind: EngineResource['kind']; name: string }[] };
  applied: Record<string, string>;
  stored: (Omit<StoredStack, 'applied' | 'release' | 'overlays'> & { readonly overlays: ReleaseOverlays }) | null;
  releases: ReleaseBody[];
  scale: Record<string, number>;
  unsettled: Record<string, string>;
  /** Null: every service that is there is as its dependents need it. */
  fulfilled: Record<string, readonly GateCondition[]> | null;
}

export function emptyWorld(): World {
  return {
    observed: { services: [], resources: [] },
    applied: {},
    stored: null,
    releases: [],
    scale: {},
    unsettled: {},
    fulfilled: null,
  };
}

/** What a plan is made from; `target` is the release that a rollback asks for. */
function observe(world: World, target?: number): Observation {
  const { observed, applied, stored, releases, scale, unsettled, fulfilled } = world;
  const release = target === undefined ? undefined : releases[target - 1];
  const overlays = (laid: ReleaseOverlays): Overlays => ({ ...laid, scale });
  return {
    scope,
    id: 'id-1',
    stored:
      stored === null ? null : { ...stored, applied, release: releases.length, overlays: overlays(stored.overlays) },
    observed,
    containers: ['c-1'],
    unsettled,
    fulfilled: fulfilled ?? Object.fromEntries(observed.services.map(({ name }) => [name, conditions])),
    target:
      release === undefined || target === undefined
        ? null
        : { ...release, version: target, later: namesAfter(releases, target) },
  };
}

function namesAfter(releases: World['releases'], version: number): string[] {
  return releases.slice(version).flatMap(({ definition }) => Object.keys(definition.services));
}

export function planOf(world: World, intent: Intent): Plan {
  return planIntent(intent, observe(world, intent.want === 'rollback' ? intent.version : undefined));
}

/** The steps of an intent, carried out on the model. */
export function run(world: World, intent: Intent): readonly Step[] {
  const { steps } = planOf(world, intent);
  carryOut(world, steps);
  return steps;
}

/** Carries the steps out on the model. */
export function carryOut(world: World, steps: readonly Step[]): void {
  for (const { body } of steps) {
    if (body.do === 'release') {
      const { definition, overlays, standalone } = body;
      world.stored = { definition, overlays, standalone, terminating: false, deployed: false };
      world.releases.push(body);
    }
    if (body.do === 'converge' && body.deploys && world.stored !== null)
      world.stored = { ...world.stored, deployed: true };
    if (body.do === 'retire' && world.stored !== null) world.stored = { ...world.stored, terminating: true };
    if (body.do === 'forget') Object.assign(world, { stored: null, scale: {} });
    if (body.do === 'overlay') {
      const scale = Object.entries({ ...world.scale, ...body.replicas });
      world.scale = Object.fromEntries(scale.flatMap(([name, count]) => (count === null ? [] : [[name, count]])));
    }
    if (body.do === 'apply' || body.do === 'adopt' || body.do === 'mark') applyTo(world, body.resource);
    if (body.do === 'remove') removeFrom(world, body.resource.kind, body.resource.name);
  }
}

function applyTo(world: World, resource: EngineResource): void {
  removeFrom(world, resource.kind, resource.name);
  world.observed.resources.push({ kind: resource.kind, name: resource.name });
  if (resource.kind === 'service') world.observed.services.push(resource);
  else world.applied[`${resource.kind} ${resource.name}`] = digest(resource.definition);
}

function removeFrom({ observed }: World, kind: EngineResource['kind'], name: string): void {
  observed.resources = observed.resources.filter((other) => other.kind !== kind || other.name !== name);
  observed.services = observed.services.filter((other) => kind !== 'service' || other.name !== name);
}

export function up(definition: Project, rest: Partial<UpIntent> = {}): UpIntent {
  return {
    want: 'up',
    definition,
    standalone: false,
    fresh: false,
    services: null,
    prune: false,
    resetConfig: false,
    resetScale: false,
    rollbackOnFailure: false,
    monitorMs: 500,
    ...rest,
  };
}

export function update(definition: Project, redeploy: boolean): UpdateIntent {
  return { want: 'update', definition, redeploy, monitorMs: 500 };
}

export function configure(rest: Partial<ConfigureIntent>): ConfigureIntent {
  return {
    want: 'configure',
    service: null,
    values: {},
    replace: false,
    expect: null,
    limits: {},
    placement: {},
    redeploy: true,
    monitorMs: 500,
    ...rest,
  };
}

export function toRun(want: RunIntent['want'], services: readonly string[] | null = null): RunIntent {
  return { want, services, monitorMs: 500 };
}

export function scaleTo(replicas: Readonly<Record<string, number>>): Intent {
  return { want: 'scale', replicas, monitorMs: 500 };
}

export function toContainer(command: ContainerIntent['command'], service = 'web'): ContainerIntent {
  return { want: 'container', container: 'c-1', name: `${service}-1`, service, command, monitorMs: 500 };
}

export function upSteps(world: World, desired: Project, rest: Partial<UpIntent> = {}): readonly Step[] {
  return planOf(world, up(desired, rest)).steps;
}

export function ids(steps: readonly Step[]): string[] {
  return steps.map((step) => step.id);
}

/** Hashes of what runs, by service. */
export function hashes({ observed }: World): Record<string, string> {
  return Object.fromEntries(observed.services.map(({ name, hash }) => [name, hash]));
}

/** A project with a database, and two replicas of a site that needs it. */
export const shop = project(
  {
    db: {
      image: 'postgres:16',
      networks: { default: null },
      volumes: [{ type: 'volume', source: 'data', target: '/data' }],
    },
    web: {
      image: 'web:1',
      networks: { default: null, outside: null },
      environment: { LEVEL: 'info', TOKEN: 'secret-1' },
      deploy: { replicas: 2 },
      secrets: [{ source: 'key' }],
      depends_on: { db: needs('service_healthy') },
    },
  },
  {
    networks: {
      default: { name: 'shop_default' },
      outside: { name: 'outside', external: true },
      unused: { name: 'unused' },
    },
    volumes: { data: { name: 'shop_data' } },
    secrets: { key: { name: 'shop_key', file: '/key' } },
  },
);

/** The world in which that project runs. */
export function deployed(definition: Project = shop): World {
  const world = emptyWorld();
  run(world, up(definition));
  return world;
}

/** The project with one service changed. */
export function withService(name: string, change: object): Project {
  return { ...shop, services: { ...shop.services, [name]: { ...shop.services[name], ...change } } };
}
