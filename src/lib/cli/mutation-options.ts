import { UsageError } from '../port/errors.js';
import type { MutationOptions } from '../port/verb.js';

/**
 * The options that the flags of a mutating command ask for; those not given are absent, so that the gate knows. A dry run
 * waits for nothing, so that it has no time-outs.
 *
 * @throws UsageError for flags that say how to wait beside one that says not to.
 */
export function mutationOptions(flags: {
  readonly wait: boolean;
  readonly sync: boolean;
  readonly timeout?: number | undefined;
  readonly 'lock-timeout'?: number | undefined;
  readonly 'dry-run': boolean;
}): MutationOptions {
  if (flags.sync && !flags.wait) throw new UsageError('--sync and --no-wait exclude each other');
  if (flags.timeout !== undefined && !flags.wait) {
    throw new UsageError('--timeout and --no-wait exclude each other', {
      hint: '--timeout says how long to wait. Leave one of them out.',
    });
  }
  const waiting = !flags.wait && { wait: false };
  if (flags['dry-run']) return { ...waiting, dryRun: true };
  return {
    ...waiting,
    ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
    ...(flags['lock-timeout'] !== undefined && { lockTimeoutMs: flags['lock-timeout'] }),
  };
}
