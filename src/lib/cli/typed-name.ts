import { InterruptedError, UsageError } from '../port/errors.js';
import type { Runtime } from './runtime.js';

/**
 * Makes sure that what is about to be destroyed is what the user means: by `--confirm NAME`, by `--yes`, or by having its
 * name typed.
 *
 * @throws UsageError for another name, and where there is nobody to ask; InterruptedError when another name is typed.
 */
export async function confirmByName(
  name: string,
  flags: { readonly confirm?: string | undefined; readonly yes: boolean; readonly 'dry-run': boolean },
  runtime: Runtime,
): Promise<void> {
  if (flags.confirm !== undefined && flags.confirm !== name) {
    throw new UsageError(`--confirm names ${JSON.stringify(flags.confirm)}, but the app is ${name}`, {
      hint: 'Nothing was changed. Name the app with --app.',
    });
  }
  if (flags.confirm !== undefined || flags.yes || flags['dry-run']) return;
  runtime.checkCanAsk(`Confirm with --confirm=${name} or --yes.`);
  const { stdin } = runtime.host;
  const { readLine } = await import('../ui/read-line.js');
  const question = `This stops and removes everything of ${name}. Type its name to go on:`;
  const typed = await readLine(question, { stdin, sink: runtime.stderr, signal: runtime.signal });
  if (typed !== name) throw new InterruptedError('nothing was changed: not confirmed');
}
