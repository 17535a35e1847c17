import { UsageError } from '../port/errors.js';
import type { MutationOptions } from '../port/verb.js';

/**
 * The options that the flags of a mutating command ask for; those not given are absent, so that the gate knows.
 *
 * @throws UsageError when both waiting and not waiting are asked for.
 */
export function mutationOptions(flags: {
  readonly wait: boolean;
  readonly sync: boolean;
  readonly timeout?: number | undefined;
  readonly 'dry-run': boolean;
}): MutationOptions {
  if (flags.sync && !flags.wait) throw new UsageError('--sync and --no-wait exclude each other');
  return {
    ...(!flags.wait && { wait: false }),
    ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
    ...(flags['dry-run'] && { dryRun: true }),
  };
}
