import type { FileObject, Network, Project, Service, Volume } from '../compose/project.js';
import type { PlannedStep } from '../port/plan.js';

/** What names are scoped by. */
export interface Scope {
  readonly namespace: string;
  readonly stack: string;
}

/** A resource as it should be made; what an engine's `apply` takes. */
export type DesiredResource =
  | (Scope & { readonly kind: 'network'; readonly name: string; readonly definition: Network })
  | (Scope & { readonly kind: 'volume'; readonly name: string; readonly definition: Volume })
  | (Scope & { readonly kind: 'secret' | 'config'; readonly name: string; readonly definition: FileObject })
  | DesiredService;

export interface DesiredService extends Scope {
  readonly kind: 'service';
  readonly name: string;
  readonly replicas: number;
  readonly definition: Service;
  readonly hash: string;
  readonly generation: number;
  /** Another service waits for this one to complete. */
  readonly completes?: boolean;
}

export interface ResourceName extends Scope {
  readonly kind: DesiredResource['kind'];
  readonly name: string;
}

/** What has to be true of a service before the next step. */
export type GateCondition = 'started' | 'healthy' | 'completed';

/** What the executor does. JSON: it is saved with the action. */
export type StepBody =
  /** Stores the definition as the stack's; `id` is what a new one gets. */
  | { readonly do: 'define'; readonly definition: Project; readonly id: string }
  /** Sets the scale overlay of these services. */
  | { readonly do: 'overlay'; readonly replicas: Readonly<Record<string, number>> }
  | { readonly do: 'apply'; readonly resource: DesiredResource }
  | { readonly do: 'remove'; readonly resource: ResourceName }
  /** Waits for a dependency. One that is not `required` may fail. */
  | { readonly do: 'gate'; readonly service: string; readonly condition: GateCondition; readonly required: boolean }
  /** Waits until no replica of the service is left. */
  | { readonly do: 'gone'; readonly service: string }
  | ConvergeBody
  /** Marks the stack as being terminated. */
  | { readonly do: 'retire' }
  /** Removes the stack's definition. */
  | { readonly do: 'forget' };

/** Waits until these services run as they should. */
export interface ConvergeBody {
  readonly do: 'converge';
  readonly services: readonly string[];
  /** How long they must stay up before they count as running. */
  readonly monitorMs: number;
  /** The stack counts as deployed then. */
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
export interface ObservedService {
  readonly name: string;
  readonly replicas: number;
  readonly definition: Service;
  readonly hash: string;
  readonly generation: number;
  readonly completes?: boolean;
}

/** What an engine has of a stack. */
export interface ObservedState {
  readonly services: readonly ObservedService[];
  readonly resources: readonly { readonly kind: DesiredResource['kind']; readonly name: string }[];
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
