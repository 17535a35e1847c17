import type { Service } from '../../compose/project.js';
import { isJob } from '../../plan/desired.js';
import type { Task } from '../engines/engine.js';

/**
 * Whether an engine starts a replica again after it has exited: by `deploy.restart_policy`, else by `restart`, else
 * never. A job that has exited with 0 is done.
 *
 * @param restarts how often it was started again already.
 */
export function restartsAgain(definition: Service, exitCode: number, restarts: number): boolean {
  const { condition, attempts } = policyOf(definition);
  if (condition === 'none' || (condition === 'on-failure' && exitCode === 0)) return false;
  return attempts === 0 || restarts < attempts;
}

/** True for a replica that has done its work: exited with 0, not to be started again. */
export function hasCompleted(task: Task, definition: Service): boolean {
  const { state, exitCode, held, restarts } = task;
  return state === 'Stopped' && !held && hasCompletedWith(definition, exitCode, restarts);
}

/** The same of one that has ended by itself. */
export function hasCompletedWith(definition: Service, exitCode: number | null, restarts: number): boolean {
  return exitCode === 0 && !restartsAgain(definition, 0, restarts);
}

/**
 * True for a replica that has ended otherwise, or could not be started, and is not to be started again.
 *
 * @param restarts how often its place was filled again already, by it or by others before it.
 */
export function hasFailed({ state, exitCode, held }: Task, definition: Service, restarts: number): boolean {
  if (state !== 'Stopped' || exitCode === 0 || held) return false;
  return !restartsAgain(definition, exitCode ?? 1, restarts);
}

function policyOf(definition: Service): { condition: 'none' | 'on-failure' | 'any'; attempts: number } {
  const policy = definition.deploy?.restart_policy;
  if (policy !== undefined) {
    const condition = policy.condition ?? 'any';
    return {
      condition: condition === 'any' && isJob(definition) ? 'on-failure' : condition,
      attempts: policy.max_attempts ?? 0,
    };
  }
  const [word, count] = (definition.restart ?? 'no').split(':');
  if (word === 'on-failure') return { condition: 'on-failure', attempts: Number(count ?? 0) };
  if (word === 'always' || word === 'unless-stopped') {
    return { condition: isJob(definition) ? 'on-failure' : 'any', attempts: 0 };
  }
  return { condition: 'none', attempts: 0 };
}
