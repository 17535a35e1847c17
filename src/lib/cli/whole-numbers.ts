import { UsageError } from '../port/errors.js';

/** The number. @throws UsageError when it is below the least that makes sense. */
export function atLeast(least: number, value: number, flag: string): number {
  if (value < least) throw new UsageError(`${flag} takes a whole number, ${least} or more; got ${value}`);
  return value;
}
