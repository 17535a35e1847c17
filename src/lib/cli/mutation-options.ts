import { UsageError } from '../port/errors.js';
import type { MutationOptions } from '../port/verb.js';

/**
 * The options that the flags of a mutating command ask for; those not given are absent, so that the gate knows.
 *
 * @throws UsageError for flags that say how to wait beside one that says not to.
 */
export function mutationOptions(flags: {
  readonly wait: boolean;
  readonly sync: boolean;
  readonly timeout?: number | undefined;
  readonly 'dry-run': boolean;
}): MutationOptions {
  if (flags.sync && !flags.wait) throw new UsageError('--sync and --no-wait exclude each other');
  if (flags.timeout !== undefined && !flags.wait) {
    throw new UsageError('--timeout and --no-wait exclude each other', {
      hint: '--timeout says how long to wait. Leave one of them out.',
    });
  }
  return {
    ...(!flags.wait && { wait: false }),
    ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
    ...(flags['dry-run'] && { dryRun: true }),
  };
}
