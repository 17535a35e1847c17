import { setTimeout } from 'node:timers/promises';
import type { GateCondition } from '../../plan/steps.js';
import { RolloutError } from '../../port/errors.js';
import type { CallContext } from '../../port/verb.js';
import type { Engine, Task } from '../engines/engine.js';
import type { StackScope } from '../../plan/resources.js';
import { type Verdict, type Wanted, Watch } from './verdict.js';

/** Thrown when the caller's time is up while a wait goes on. Caught by the executor, which lets the work go on. */
export class DeadlineReached extends Error {
  constructor(readonly status: string) {
    super(status);
    this.name = 'DeadlineReached';
  }
}

export interface WaiterOptions {
  readonly engine: Engine;
  readonly scope: StackScope;
  readonly context: CallContext;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pollMs: number;
  /** Milliseconds since 1970; null is no end. */
  readonly deadlineMs: number | null;
  /** Appends a line to the action's log. */
  readonly log: (text: string) => Promise<void>;
}

/** Looks at an engine again and again until something is as it should be, and tells what it sees on the way. */
export class Waiter {
  readonly #options: WaiterOptions;
  readonly #watch: Watch;
  readonly #told = new Map<string, string>();

  constructor(options: WaiterOptions) {
    this.#options = options;
    this.#watch = new Watch(options.now());
  }

  /**
   * Waits until every service is as wanted, and has been for `monitorMs`.
   *
   * @throws RolloutError when one never will be; DeadlineReached when the time is up.
   */
  async converge(services: readonly Wanted[], monitorMs: number): Promise<void> {
    await this.#until(() => this.#look(services, (wanted, ...seen) => this.#watch.judge(wanted, ...seen, monitorMs)));
  }

  /** Waits until a dependency is as its dependents need it. Throws like `converge`. */
  async gate(wanted: Wanted, condition: GateCondition): Promise<void> {
    await this.#until(() => this.#look([wanted], (service, ...seen) => this.#watch.gate(condition, service, ...seen)));
  }

  /** Waits until no replica of the service is left. Throws DeadlineReached. */
  async gone(service: string): Promise<void> {
    const { engine, scope, context } = this.#options;
    await this.#until(async () => {
      const tasks = await engine.tasks({ ...scope, service }, context);
      const left = tasks.filter((task) => task.state !== 'Terminated' && task.state !== 'Stopped').length;
      const verdict: Verdict =
        left === 0 ? { kind: 'converged', status: 'gone' } : { kind: 'waiting', status: `stopping (${left} left)` };
      return [{ name: service, verdict }];
    });
  }

  async #look(services: readonly Wanted[], judge: (wanted: Wanted, ...seen: JudgeInput) => Verdict): Promise<Judged[]> {
    const { engine, scope, context, now } = this.#options;
    const observed = await engine.observe(scope, context);
    const tasks = await engine.tasks(scope, context);
    const nowMs = now();
    return services.map((wanted) => ({
      name: wanted.name,
      verdict: judge(
        wanted,
        observed.services.find((service) => service.name === wanted.name),
        tasks.filter((task) => task.service === wanted.name),
        nowMs,
      ),
    }));
  }

  async #until(look: () => Promise<readonly Judged[]>): Promise<void> {
    const { context, now, pollMs, deadlineMs } = this.#options;
    for (;;) {
      context.signal.throwIfAborted();
      const judged = await look();
      for (const { name, verdict } of judged) await this.#tell(name, verdict);
      for (const { name, verdict } of judged) await this.#giveUp(name, verdict);
      const waiting = judged.filter(({ verdict }) => verdict.kind !== 'converged');
      if (waiting.length === 0) return;
      if (deadlineMs !== null && now() >= deadlineMs) {
        throw new DeadlineReached(waiting.map(({ name, verdict }) => `${name}: ${verdict.status}`).join('; '));
      }
      await setTimeout(pollMs, undefined, { signal: context.signal });
    }
  }

  async #tell(service: string, verdict: Verdict): Promise<void> {
    const known = `${verdict.kind} ${verdict.status}`;
    if (this.#told.get(service) === known) return;
    this.#told.set(service, known);
    const done = verdict.kind === 'converged';
    this.#options.context.progress?.({ subject: `service ${service}`, status: verdict.status, done });
    const isVerb = /^(is|keeps|exited|cannot) /.test(verdict.status);
    await this.#options.log(done && !isVerb ? `${service} is ${verdict.status}` : `${service}: ${verdict.status}`);
  }

  async #giveUp(service: string, verdict: Verdict): Promise<void> {
    switch (verdict.kind) {
      case 'failing':
        throw new RolloutError('rollout_failed', `service ${service} ${verdict.status}`, {
          detail: await this.#lastWords(service, verdict.task),
          hint: `What was deployed stays. See \`berth service logs ${service}.${this.#options.scope.stack}\`, then bring it up again.`,
        });
      case 'unplaceable':
        throw new RolloutError('unplaceable', `service ${service} cannot be placed on any node`, {
          detail: verdict.task.message ?? verdict.status,
          hint: 'Change its placement, ports or resources, or add a node that fits.',
        });
      case 'paused':
        throw new RolloutError('paused', `the update of service ${service} was paused`, {
          detail:
            verdict.task === undefined
              ? verdict.status
              : `${verdict.status}\n${await this.#lastWords(service, verdict.task)}`,
          hint: 'Replicas that were not replaced go on. Change the file, or bring it up again to resume.',
        });
      case 'rolled_back':
        throw new RolloutError('rolled_back', `service ${service} was rolled back: its new version failed`, {
          detail: verdict.status,
          hint: 'What ran before runs again.',
        });
      default:
    }
  }

  /** What the engine says of the replica, and the last lines it wrote. */
  async #lastWords(service: string, task: Task): Promise<string> {
    const { engine, scope, context } = this.#options;
    const exit = task.exitCode === null ? undefined : `exit code ${task.exitCode}`;
    const words = [exit === undefined ? task.name : `${task.name}: ${exit}`];
    if (task.message !== null && task.message !== '' && task.message !== exit) words.push(task.message);
    const lines: string[] = [];
    const source = engine.logs({ ...scope, service, container: task.id }, { tail: lastLines }, context);
    for await (const line of source) {
      lines.push(`  ${line.text}`);
      if (lines.length > lastLines) lines.shift();
    }
    if (lines.length > 0) words.push('last log lines:', ...lines);
    return words.join('\n');
  }
}

/** Log lines shown of a replica that failed. */
const lastLines = 5;

type JudgeInput = [
  observed: Parameters<Watch['judge']>[1],
  tasks: Parameters<Watch['judge']>[2],
  nowMs: Parameters<Watch['judge']>[3],
];

interface Judged {
  readonly name: string;
  readonly verdict: Verdict;
}
