import { withOverlays } from '../../plan/overlays.js';
import type { Intent } from '../../plan/intent.js';
import type { StackScope } from '../../plan/resources.js';
import type { ActionObject, Mutation } from '../../port/actions.js';
import { NotFoundError } from '../../port/errors.js';
import { candidatesIn, lookup } from '../../port/lookup.js';
import type { Principal } from '../../port/principal.js';
import type { ServiceDetail } from '../../port/services.js';
import type { CallContext, MutationOptions } from '../../port/verb.js';
import { mutate, type MutatorParts } from '../actions/mutate.js';
import type { Task } from '../engines/engine.js';
import type { StackRecord } from '../ledger.js';
import { type StackView, toServices } from '../views.js';

/** Long enough to see a container that exits as soon as it starts; short against a deployment. */
export const defaultMonitorMs = 500;

/** What every mutating verb of this backend takes. */
export const mutationOptions = ['wait', 'timeoutMs', 'dryRun', 'lockTimeoutMs'] as const;

/** A service, and the stack (or the shell of a service that stands alone) that it is in. */
export interface LocatedService {
  readonly service: ServiceDetail;
  readonly scope: StackScope;
  readonly record: StackRecord;
}

/** A change, and how what was changed is found afterwards. */
export interface ChangeRequest<T> {
  readonly scope: StackScope;
  /** The operation in words: `Stack Up`. */
  readonly name: string;
  readonly intent: Intent;
  readonly object: (stackId: string) => ActionObject;
  readonly options: MutationOptions & { readonly strict?: boolean };
  readonly context: CallContext;
  /** Null where it is gone. */
  readonly subject: () => Promise<T | null>;
}

/** What the facets of the engine backend share: how they look at stacks, and how they change them. */
export class Desk {
  constructor(
    readonly principal: Principal,
    readonly parts: MutatorParts,
  ) {}

  /** Views of all that the principal has, by name, services that stand alone among them, or of the one stack meant. */
  async views(stack: string | undefined, context: CallContext): Promise<StackView[]> {
    const { engine, ledger } = this.parts;
    const { namespace } = this.principal;
    const [records, tasks] =
      stack === undefined
        ? await Promise.all([ledger.list(namespace), engine.tasks({ namespace, brief: true }, context)])
        : await this.#oneWithTasks(stack, context);
    return Promise.all(
      records.map(async (record) => {
        const observed = await engine.observe(this.scope(record.name), context, 'services');
        return toView(record, { observed, tasks: tasks.filter((task) => task.stack === record.name) });
      }),
    );
  }

  async #oneWithTasks(query: string, context: CallContext): Promise<[StackRecord[], readonly Task[]]> {
    const record = await this.findStack(query);
    return [[record], await this.parts.engine.tasks({ ...this.scope(record.name), brief: true }, context)];
  }

  /** The view of a stack of that very name; null when there is none. */
  async view(name: string, context: CallContext): Promise<StackView | null> {
    const { engine, ledger } = this.parts;
    const scope = this.scope(name);
    const record = await ledger.get(scope);
    if (record === null) return null;
    const tasks = await engine.tasks({ ...scope, brief: true }, context);
    return toView(record, { observed: await engine.observe(scope, context, 'services'), tasks });
  }

  scope(stack: string): StackScope {
    return { namespace: this.principal.namespace, stack };
  }

  /** Names of the services that stand alone: the stack that an engine names for them is only their shell. */
  async aloneNames(): Promise<ReadonlySet<string>> {
    const records = await this.parts.ledger.list(this.principal.namespace);
    return new Set(records.flatMap(({ name, standalone }) => (standalone ? [name] : [])));
  }

  /**
   * A stack, or the service that stands alone under that name: it has releases and configuration as a stack has.
   *
   * @throws NotFoundError or AmbiguousError.
   */
  async findStack(query: string): Promise<StackRecord> {
    return lookup('stack', query, candidatesIn(await this.parts.ledger.list(this.principal.namespace)));
  }

  /** In the stack of that name or id, or in any. Throws NotFoundError or AmbiguousError. */
  async findService(query: string, stack: string | undefined, context: CallContext): Promise<LocatedService> {
    return locateService(query, await this.views(stack, context));
  }

  /** Plans and does the change; gives what was changed, as it is then. */
  async change<T>({ subject, options, ...request }: ChangeRequest<T>): Promise<Mutation<T>> {
    const { strict, ...rest } = options;
    const result = await mutate(this.parts, { ...request, options: rest, ...(strict === true && { strict }) });
    return { subject: options.dryRun === true ? null : await subject(), ...result };
  }
}

/** @throws NotFoundError or AmbiguousError. */
export async function locateService(query: string, views: readonly StackView[]): Promise<LocatedService> {
  const located = views.flatMap((view) =>
    toServices(view).map((service) => {
      const { id, name, stack } = service;
      const { namespace, name: shell } = view.record;
      return { id, name, stack, service, scope: { namespace, stack: shell }, record: view.record };
    }),
  );
  return lookup('service', query, candidatesIn(located));
}

/** @throws NotFoundError when a stack has gone since it was looked up. */
export function present<T>(found: T | null | undefined, name: string): T {
  if (found === null || found === undefined) throw new NotFoundError(`no stack ${JSON.stringify(name)}`);
  return found;
}

function toView(record: StackRecord, seen: Pick<StackView, 'observed' | 'tasks'>): StackView {
  return { record, project: withOverlays(record.definition, record.overlays), ...seen };
}
