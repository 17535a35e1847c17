import type { Service } from '../../../../compose/project.js';
import { isJob } from '../../../../plan/desired.js';
import { numberIn, textIn, type Tree } from './reading.js';

/**
 * `RestartPolicy` of a container: by `deploy.restart_policy`, else by `restart`, else never. A job that has ended well is
 * never started again. The daemon counts attempts for `on-failure` alone, so that `any` with a number of attempts is that.
 * `any` is `unless-stopped`: what a command has stopped stays so when the daemon comes back.
 */
export function restartMember(definition: Service): Tree {
  const policy = definition.deploy?.restart_policy;
  if (policy === undefined) return fromWord(definition);
  const attempts = policy.max_attempts ?? 0;
  const condition = policy.condition ?? 'any';
  if (condition === 'none') return { Name: 'no' };
  if (condition === 'any' && attempts === 0 && !isJob(definition)) return { Name: 'unless-stopped' };
  return { Name: 'on-failure', MaximumRetryCount: attempts };
}

function fromWord(definition: Service): Tree {
  const [word = 'no', count] = (definition.restart ?? 'no').split(':');
  if (word === 'on-failure') return { Name: word, MaximumRetryCount: Number(count ?? 0) };
  if (word !== 'always' && word !== 'unless-stopped') return { Name: 'no' };
  return isJob(definition) ? { Name: 'on-failure', MaximumRetryCount: 0 } : { Name: word };
}

/** The way back, as `restart`; undefined for never. */
export function restartOf(policy: Tree): string | undefined {
  const word = textIn(policy, 'Name');
  if (word === undefined || word === 'no') return undefined;
  const count = numberIn(policy, 'MaximumRetryCount') ?? 0;
  return word === 'on-failure' && count > 0 ? `${word}:${count}` : word;
}
