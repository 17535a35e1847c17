import type { GateCondition } from '../../plan/steps.js';
import type { ObservedStack, Task } from '../engines/engine.js';
import { isSettled, Watch } from './verdict.js';

const conditions = ['started', 'healthy', 'completed'] as const;

/** Why services that the engine has as applied do not run as they should, by name. */
export function unsettled({ services, at }: ObservedStack, tasks: readonly Task[]): Record<string, string> {
  const nowMs = Date.parse(at);
  const watch = new Watch(nowMs);
  const found: Record<string, string> = {};
  for (const service of services) {
    const own = tasks.filter((task) => task.service === service.name);
    const judgement = watch.judge(service, service, own, nowMs);
    const held = own.filter((task) => task.desired && task.held).length;
    if (!isSettled(judgement.outcome)) found[service.name] = judgement.status;
    // Asked for again, an engine starts them.
    else if (held > 0 && service.stopped !== true) found[service.name] = `${held} stopped by hand`;
  }
  return found;
}

/** Conditions that the replicas of services are known to fulfil, by name. */
export function fulfilled({ services, at }: ObservedStack, tasks: readonly Task[]): Record<string, GateCondition[]> {
  const nowMs = Date.parse(at);
  const watch = new Watch(nowMs);
  return Object.fromEntries(
    services.map((service) => {
      const own = tasks.filter((task) => task.service === service.name);
      const isTrue = (condition: GateCondition): boolean =>
        watch.gate(condition, service, service, own, nowMs).outcome === 'converged';
      return [service.name, conditions.filter(isTrue)];
    }),
  );
}
