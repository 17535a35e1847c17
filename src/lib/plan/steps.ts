import type { Project } from '../compose/project.js';
import type { PlannedStep } from '../port/plan.js';
import type { ReleaseOverlays } from './overlays.js';
import type { ContainerCommand, EngineResource, ResourceRef, ServiceResource, StackScope } from './resources.js';

/** What has to be true of a service before the next step. */
export type GateCondition = 'started' | 'healthy' | 'completed';

/** What the executor does. JSON: it is saved with the action. */
export type StepBody =
  /** Makes a new release of the stack, or the stack; `id` is what a new one gets. */
  | ReleaseBody
  /** Sets the scale overlay of these services; null takes it away. */
  | { readonly do: 'overlay'; readonly replicas: Readonly<Record<string, number | null>> }
  | { readonly do: 'apply'; readonly resource: EngineResource }
  /** Keeps a service of which another tool has made the containers as applied; `containers`: slots by id. */
  | {
      readonly do: 'adopt';
      readonly resource: ServiceResource;
      readonly containers: Readonly<Record<string, number>>;
    }
  /** Keeps something that is there as applied; the engine is not asked for anything. */
  | { readonly do: 'mark'; readonly resource: Exclude<EngineResource, ServiceResource> }
  | { readonly do: 'remove'; readonly resource: ResourceRef }
  /** Waits for a dependency. One that is not `required` may fail. */
  | { readonly do: 'gate'; readonly service: string; readonly condition: GateCondition; readonly required: boolean }
  /** Waits until no replica of the service is left. */
  | { readonly do: 'gone'; readonly service: string }
  | ConvergeBody
  /** Does something to one container; one that is gone is left so. */
  | {
      readonly do: 'command';
      readonly container: string;
      readonly service: string;
      readonly command: ContainerCommand;
    }
  /** Marks the stack as being terminated. */
  | { readonly do: 'retire' }
  /** Removes the stack's definition. */
  | { readonly do: 'forget' };

export interface ReleaseBody {
  readonly do: 'release';
  readonly id: string;
  readonly definition: Project;
  readonly overlays: ReleaseOverlays;
  readonly standalone: boolean;
  /** What changed, one line. */
  readonly summary: string;
  /** The version it is made from again; null for a new one. */
  readonly rollbackOf: number | null;
}

/** Waits until these services run as they should. */
export interface ConvergeBody {
  readonly do: 'converge';
  readonly services: readonly string[];
  /** How long they must stay up before they count as running. */
  readonly monitorMs: number;
  /** The newest release counts as deployed then, and as failed when they never will. */
  readonly deploys: boolean;
}

/** A step as it is executed. Steps of one wave do not depend on each other; a wave depends on those before it. */
export interface Step extends PlannedStep {
  /** Counted from 1. */
  readonly wave: number;
  readonly body: StepBody;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** What the plan leaves alone, and the user should know: a sentence each. */
  readonly notes: readonly string[];
}

/** A service as the engine has it. */
export type ObservedService = Omit<ServiceResource, 'kind' | keyof StackScope>;

/** What an engine has of a stack. */
export interface ObservedState {
  readonly services: readonly ObservedService[];
  readonly resources: readonly { readonly kind: EngineResource['kind']; readonly name: string }[];
  /** Names of containers that carry the stack's name and were made by another tool. */
  readonly foreign?: readonly string[];
}

/** The printed face of steps: without what executes them. */
export function printed(steps: readonly Step[]): PlannedStep[] {
  return steps.map(({ id, operation, kind, name, reasons }) => ({ id, operation, kind, name, reasons }));
}

/** Collects steps wave by wave. */
export class StepList {
  readonly steps: Step[] = [];
  #wave = 0;

  /** Adds the steps as one wave; nothing when there are none. */
  wave(steps: readonly Omit<Step, 'wave'>[]): void {
    if (steps.length === 0) return;
    this.#wave += 1;
    for (const step of steps) this.steps.push({ ...step, wave: this.#wave });
  }
}
