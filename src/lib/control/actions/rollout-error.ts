import { type ErrorCode, RolloutError } from '../../port/errors.js';
import type { RolloutOutcome, ServiceVerdict, Verdict, VerdictTask } from '../../port/verdict.js';
import { isHopeless, severity } from './outcomes.js';

/**
 * The error that a rollout ends with. The worst service is its message; the detail tells why, then of the others that
 * failed, then which were not there yet.
 *
 * @param verdict of services of which at least one is hopeless.
 */
export function rolloutError(verdict: Verdict): RolloutError {
  const byGravity = [...verdict.services].sort((one, other) => severity(one.outcome) - severity(other.outcome));
  const [worst, ...others] = byGravity.filter(({ outcome }) => isHopeless(outcome));
  if (worst === undefined) throw new TypeError('a rollout without a failed service has no error');
  const waiting = byGravity.filter(({ outcome }) => outcome === 'waiting');
  const detail = [
    ...why(worst),
    ...others.flatMap((service) => [headline(service), ...why(service)]),
    ...(waiting.length === 0
      ? []
      : [`not there yet: ${waiting.map(({ service, status }) => `${service} (${status})`).join(', ')}`]),
  ];
  return new RolloutError(codeOf(worst.outcome), headline(worst), {
    ...(detail.length > 0 && { detail: detail.join('\n') }),
    hint: hintFor(worst, verdict.stack),
    data: { verdict },
  });
}

function codeOf(outcome: RolloutOutcome): ErrorCode {
  return outcome === 'unplaceable' || outcome === 'paused' || outcome === 'rolled_back' ? outcome : 'rollout_failed';
}

function headline({ service, outcome, status }: ServiceVerdict): string {
  switch (outcome) {
    case 'unplaceable':
      return `service ${service} cannot be placed on any node`;
    case 'paused':
      return `the update of service ${service} was paused`;
    case 'rolled_back':
      return `service ${service} was rolled back: its new version failed`;
    default:
      return `service ${service} ${status}`;
  }
}

function why({ outcome, status, task }: ServiceVerdict): string[] {
  if (outcome === 'unplaceable') return [task?.message ?? status];
  const ended = task === null ? [] : endOf(task);
  const logs =
    task === null || task.logs.length === 0 ? [] : ['last log lines:', ...task.logs.map((line) => `  ${line}`)];
  if (outcome === 'failing') return [...ended, ...logs];
  // An engine that stopped an update may have told of the replica in the same words.
  return [status, ...ended.filter((line) => !status.endsWith(`: ${line}`)), ...logs];
}

/** `worker-1: exit code 3`, and what the engine says besides; `web-1: no such image` of one that never ran. */
function endOf({ container, exitCode, message }: VerdictTask): string[] {
  const said = message === null || message === '' ? [] : [message];
  if (exitCode === null) return [[container, ...said].join(': ')];
  const exit = `exit code ${exitCode}`;
  return [`${container}: ${exit}`, ...said.filter((words) => words !== exit)];
}

function hintFor({ service, outcome, task }: ServiceVerdict, stack: string): string {
  switch (outcome) {
    case 'unplaceable':
      return 'Change its placement, ports or resources, or add a node that fits.';
    case 'paused':
      return 'Replicas that were not replaced go on. Change the file, or bring it up again to resume.';
    case 'rolled_back':
      return 'What ran before runs again.';
    default:
      return task === null
        ? `Start it with \`berth service start ${service}.${stack}\`.`
        : `What was deployed stays. See \`berth service logs ${service}.${stack}\`, then bring it up again.`;
  }
}
