import type { GateCondition } from '../../plan/steps.js';
import type { ServiceDetail } from '../../port/services.js';
import { candidatesIn, lookup } from '../../port/lookup.js';
import type { Principal } from '../../port/principal.js';
import type { CallContext } from '../../port/verb.js';
import { mutate, type MutationRequest, type MutationResult, type MutatorParts } from '../actions/mutate.js';
import { Watch } from '../actions/verdict.js';
import type { StackRecord } from '../ledger.js';
import { type StackView, toServices } from '../views.js';

/** Long enough to see a container that exits as soon as it starts; short against a deployment. */
export const defaultMonitorMs = 500;

const conditions = ['started', 'healthy', 'completed'] as const;

/** What the facets of the engine backend share: how they look at stacks, and how they change them. */
export class Desk {
  constructor(
    readonly principal: Principal,
    readonly parts: MutatorParts,
  ) {}

  /** Views of the principal's stacks, by name, or of the one meant. */
  async views(stack: string | undefined, context: CallContext): Promise<StackView[]> {
    const { engine } = this.parts;
    const { namespace } = this.principal;
    const records = stack === undefined ? await this.parts.ledger.list(namespace) : [await this.findStack(stack)];
    if (records.length === 0) return [];
    const [only] = records;
    const filter = records.length === 1 && only !== undefined ? { namespace, stack: only.name } : { namespace };
    const tasks = await engine.tasks(filter, context);
    const views: StackView[] = [];
    for (const record of records) {
      const observed = await engine.observe({ namespace, stack: record.name }, context);
      views.push({ record, observed, tasks: tasks.filter((task) => task.stack === record.name) });
    }
    return views;
  }

  /** The view of a stack of that very name; null when there is none. */
  async view(name: string, context: CallContext): Promise<StackView | null> {
    const { engine, ledger } = this.parts;
    const scope = { namespace: this.principal.namespace, stack: name };
    const record = await ledger.get(scope);
    if (record === null) return null;
    const observed = await engine.observe(scope, context);
    return { record, observed, tasks: await engine.tasks(scope, context) };
  }

  /** @throws NotFoundError or AmbiguousError. */
  async findStack(query: string): Promise<StackRecord> {
    return lookup('stack', query, candidatesIn(await this.parts.ledger.list(this.principal.namespace)));
  }

  /** In the stack of that name or id, or in any. Throws NotFoundError or AmbiguousError. */
  async findService(query: string, stack: string | undefined, context: CallContext): Promise<ServiceDetail> {
    const services = (await this.views(stack, context)).flatMap(toServices);
    return lookup('service', query, candidatesIn(services));
  }

  mutate(request: MutationRequest): Promise<MutationResult> {
    return mutate(this.parts, request);
  }

  /** Conditions that the replicas of services are known to fulfil, by name. */
  fulfilled({ observed, tasks }: Pick<StackView, 'observed' | 'tasks'>): Record<string, GateCondition[]> {
    const nowMs = this.parts.now();
    const watch = new Watch(nowMs);
    return Object.fromEntries(
      observed.services.map((service) => {
        const own = tasks.filter((task) => task.service === service.name);
        const isTrue = (condition: GateCondition): boolean =>
          watch.gate(condition, service, service, own, nowMs).kind === 'converged';
        return [service.name, conditions.filter(isTrue)];
      }),
    );
  }

  /** Why services that the engine has as applied do not run as they should, by name. */
  unsettled({ observed, tasks }: Pick<StackView, 'observed' | 'tasks'>): Record<string, string> {
    const nowMs = this.parts.now();
    const watch = new Watch(nowMs);
    const found: Record<string, string> = {};
    for (const service of observed.services) {
      const own = tasks.filter((task) => task.service === service.name);
      const verdict = watch.judge(service, service, own, nowMs);
      if (verdict.kind !== 'converged') found[service.name] = verdict.status;
    }
    return found;
  }
}
