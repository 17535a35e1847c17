import { Command, type Interfaces } from '@oclif/core';
import type { Backend, FacetName } from '../port/backend.js';
import { InterruptedError, UsageError } from '../port/errors.js';
import { gate, type VerbName, type VerbOf } from '../port/gate.js';
import type { CallContext, ProgressEvent } from '../port/verb.js';
import { createProgress, type Progress } from '../ui/progress.js';
import { type OutputFlags, readOutputFlags, type View } from '../ui/result.js';
import { stripControl } from '../ui/terminal.js';
import { type OpenedBackend, openBackend } from './backends.js';
import { globalFlags } from './flags.js';
import type { Runtime } from './runtime.js';
import { usageErrorFrom } from './usage-errors.js';

/**
 * What every command is built on. A command parses, makes one call and returns a typed result; `view` says how the result
 * is shown. Errors, exit codes, formats, progress and the backend's life are handled here and in `main`, never there.
 */
export abstract class BerthCommand<Result> extends Command {
  static override baseFlags = globalFlags;

  /** How the result is shown. */
  protected abstract readonly view: View<Result>;

  #runtime: Runtime | undefined;
  #opened: OpenedBackend | undefined;
  #progress: Progress | undefined;
  #output: OutputFlags | undefined;
  #backendFlag: string | undefined;
  #quiet = false;

  abstract override run(): Promise<Result>;

  /** Runs the command and shows its result. @throws what the command throws; the parser's errors as UsageError. */
  async invoke(runtime: Runtime): Promise<void> {
    this.#runtime = runtime;
    try {
      const result = await this.run();
      await this.#progress?.stop();
      await this.view.show(result, {
        flags: this.#output ?? readOutputFlags({}),
        stdout: runtime.stdout,
        stderr: runtime.stderr,
        terminal: runtime.outputTerminal(),
        now: runtime.now(),
        signal: runtime.signal,
      });
    } catch (error) {
      await this.#progress?.stop('failed');
      const id = (this.id ?? '').replaceAll(':', ' ');
      throw usageErrorFrom(error, id, this.#flagNames()) ?? error;
    } finally {
      await this.#progress?.stop();
      await this.#opened?.backend.close();
    }
  }

  protected get runtime(): Runtime {
    if (this.#runtime === undefined) throw new Error('a command reads its runtime only while it runs');
    return this.#runtime;
  }

  /** How calls are stopped and where they report. */
  protected get call(): CallContext {
    return {
      signal: this.runtime.signal,
      progress: (event: ProgressEvent) => {
        this.#progress ??= createProgress({
          sink: this.runtime.stderr,
          terminal: this.runtime.errorTerminal(),
          quiet: this.#quiet,
        });
        this.#progress.report(event);
      },
    };
  }

  /** The verb of the selected backend. @throws UnsupportedError when it, or an option given, is not there. */
  protected async verb<F extends FacetName, V extends VerbName<F>>(
    facet: F,
    verb: V,
    options: object = {},
  ): Promise<VerbOf<F, V>> {
    return gate(await this.backend(), facet, verb, options);
  }

  protected async backend(): Promise<Backend> {
    this.#opened ??= await openBackend(this.#backendFlag, this.runtime);
    return this.#opened.backend;
  }

  /** The verb of a backend that will change something: says on stderr what will be changed where that is not obvious. */
  protected async mutation<F extends FacetName, V extends VerbName<F>>(
    facet: F,
    verb: V,
    options: { readonly dryRun?: boolean } = {},
  ): Promise<VerbOf<F, V>> {
    const found = await this.verb(facet, verb, options);
    if (options.dryRun === true) return found;
    const notice = this.#opened?.noticeBeforeChange();
    if (notice !== undefined && !this.#quiet) await this.runtime.stderr.write(`${notice}\n`);
    return found;
  }

  /** Tells something that is neither data nor an error. */
  protected async warning(text: string): Promise<void> {
    await this.runtime.stderr.write(`warning: ${stripControl(text)}\n`);
  }

  /**
   * Asks before something is destroyed.
   *
   * @throws UsageError naming the flag when there is nobody to ask; InterruptedError when the answer is not yes.
   */
  protected async confirm(
    question: string,
    flags: { readonly yes: boolean; readonly 'dry-run'?: boolean },
  ): Promise<void> {
    if (flags.yes || flags['dry-run'] === true) return;
    const { stdin } = this.runtime.host;
    if (stdin.isTTY !== true) throw new UsageError('there is no terminal to ask on', { hint: 'Confirm with --yes.' });
    const { confirm } = await import('../ui/prompt.js');
    const agreed = await confirm(question, { stdin, sink: this.runtime.stderr, signal: this.runtime.signal });
    if (!agreed) throw new InterruptedError('nothing was changed: not confirmed');
  }

  /** @throws UsageError for a wrong command line, or for output that the command does not have: before it does anything. */
  protected override async parse<
    F extends Record<string, unknown>,
    B extends Record<string, unknown>,
    A extends Record<string, unknown>,
  >(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv);
    const flags: Readonly<Record<string, unknown>> = parsed.flags;
    this.#output = readOutputFlags(flags);
    this.view.check(this.#output);
    this.#quiet = flags.quiet === true;
    this.#backendFlag = typeof flags.backend === 'string' ? flags.backend : undefined;
    return parsed;
  }

  #flagNames(): readonly string[] {
    return Object.keys({ ...this.ctor.baseFlags, ...this.ctor.flags });
  }
}
