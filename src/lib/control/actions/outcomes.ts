import type { RolloutOutcome } from '../../port/verdict.js';

/** The worst first. */
const bySeverity = [
  'failing',
  'unplaceable',
  'paused',
  'rolled_back',
  'timed_out',
  'waiting',
  'converged',
  'completed',
  'stopped',
] as const satisfies readonly RolloutOutcome[];

/** True for what will not become what was asked for, however long it is waited for. */
export function isHopeless(outcome: RolloutOutcome): boolean {
  return severity(outcome) < severity('timed_out');
}

/** A number that is the smaller the worse the outcome is. */
export function severity(outcome: RolloutOutcome): number {
  return bySeverity.indexOf(outcome);
}

/** The worst of them; of nothing `converged`. */
export function worstOf(outcomes: readonly RolloutOutcome[]): RolloutOutcome {
  return bySeverity.find((outcome) => outcomes.includes(outcome)) ?? 'converged';
}
