import { Config } from '@oclif/core';
import { InterruptedError, isAbortError, UsageError } from '../port/errors.js';
import { jsonLine } from '../ui/document.js';
import { errorDocument, renderError } from '../ui/error-report.js';
import { eventLine } from '../ui/event-lines.js';
import type { Sink } from '../ui/sink.js';
import { createRedactor } from '../net/redact.js';
import { dispatch } from './dispatch.js';
import { environmentBeforeNode, readTextFile } from './environment.js';
import { exitCodeFor } from './exit-codes.js';
import { wantsEventLines } from './progress-mode.js';
import { type Host, Runtime } from './runtime.js';

/**
 * Runs one command line.
 *
 * @param start the folder of package.json, the arguments after the program's name, and where commands are found.
 * @returns the exit status. The process is left to end by itself, so that output still on its way is not cut.
 */
export async function main(start: Pick<Host, 'root' | 'argv' | 'commands'>): Promise<number> {
  // oclif's own listener throws where nobody can catch it; the sink reports what goes wrong.
  process.stdout.removeAllListeners('error');
  const runtime = new Runtime({
    ...start,
    env: environmentBeforeNode(process.env, start.argv, readTextFile),
    get cwd() {
      return currentDirectory();
    },
    // Opened when it is read: most runs never do.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    now: Date.now,
  });
  const release = interruptOnSignals(runtime);
  let exitCode: number;
  try {
    const status = await dispatch(start.argv, await loadConfig(start), runtime);
    exitCode = runtime.interruption === undefined ? status : exitCodeFor(runtime.interruption);
    await Promise.all([runtime.stdout.flush(), runtime.stderr.flush()]);
  } catch (error) {
    exitCode = await report(error, runtime);
  }
  release();
  return exitCode;
}

/** @throws UsageError when it was removed. */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new UsageError('the current directory is gone', { hint: 'Change to one that exists.', cause });
  }
}

async function loadConfig({ root, commands }: Pick<Host, 'root' | 'commands'>): Promise<Config> {
  // A theme file would be read at every start; our colours are our own.
  process.env.BERTH_DISABLE_THEME = '1';
  try {
    if (commands === undefined) return await Config.load(root);
    const { developmentOptions } = await import('./development.js');
    return await Config.load(developmentOptions(root, commands));
  } finally {
    delete process.env.BERTH_DISABLE_THEME;
  }
}

/** Ctrl-C, `kill`, and the terminal going away. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal stops the command in an orderly way, the second at once. */
function interruptOnSignals(runtime: Runtime): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (runtime.interruption !== undefined) process.exit(exitCodeFor(runtime.interruption));
    runtime.interrupt(new InterruptedError(`interrupted by ${signal}`));
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  return () => {
    for (const signal of stopSignals) process.off(signal, onSignal);
  };
}

/**
 * Tells the user what went wrong: on stderr in words, or as an event with `--progress json`, and with --json as a document
 * on stdout too. Where one of them cannot be written, the exit status still tells.
 */
async function report(error: unknown, runtime: Runtime): Promise<number> {
  // Nobody reads any more, and the command ended because of it: `| head -1`.
  if (isAbortError(error) && runtime.interruption === undefined) return 0;
  const exitCode = exitCodeFor(error);
  const redact = createRedactor([], runtime.env);
  const document = errorDocument(error, exitCode, redact);
  if (runtime.wantsJson) await tell(runtime.stdout, jsonLine(document));
  if (isAbortError(error)) return exitCode;
  if (wantsEventLines(runtime.host.argv, runtime.env)) {
    await tell(runtime.stderr, eventLine(runtime.now(), 'error', document));
    return exitCode;
  }
  const options = { terminal: runtime.errorTerminal(), debug: runtime.wantsDebug, redact };
  await tell(runtime.stderr, renderError(error, options));
  return exitCode;
}

async function tell(sink: Sink, text: string): Promise<void> {
  try {
    await sink.write(text);
    await sink.flush();
  } catch {
    // A full disk behind one stream is no reason to be silent on the other.
  }
}
