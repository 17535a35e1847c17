import { Command, type Interfaces } from '@oclif/core';
import type { Backend, FacetName } from '../port/backend.js';
import { InterruptedError } from '../port/errors.js';
import { gate, type VerbName, type VerbOf } from '../port/gate.js';
import type { CallContext } from '../port/verb.js';
import { endingLines, eventSink, silentSink } from '../ui/event-lines.js';
import { checkProgress, createProgress, type Progress, type ProgressMode } from '../ui/progress.js';
import { type OutputFlags, readOutputFlags, type View } from '../ui/result.js';
import type { Sink } from '../ui/sink.js';
import { stripControl } from '../ui/terminal.js';
import { type OpenedBackend, openBackend } from './backends.js';
import { variable } from './environment.js';
import { globalFlags } from './flags.js';
import { progressMode, wantsEventLines } from './progress-mode.js';
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
  #words: Sink | undefined;
  #backendFlag: string | undefined;
  #onlyIds = false;
  /** How words go to stderr, and how progress does: ids alone come without progress. */
  #mode: ProgressMode = 'auto';
  #progressMode: ProgressMode = 'auto';

  abstract override run(): Promise<Result>;

  /**
   * Runs the command and shows its result. Gives the exit status.
   *
   * @throws what the command throws; the parser's errors as UsageError.
   */
  async invoke(runtime: Runtime): Promise<number> {
    this.#runtime = runtime;
    try {
      const result = await this.run();
      await this.#progress?.stop();
      await this.#tellEndings(result);
      await this.view.show(result, {
        flags: this.#output ?? readOutputFlags({}),
        stdout: runtime.stdout,
        stderr: this.#sinkForWords(),
        terminal: runtime.outputTerminal(),
        now: runtime.now(),
        signal: runtime.signal,
      });
      return this.exitStatus(result);
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

  /** What a run that went well exits with, where that depends on what was found (`--exit-code`). */
  protected exitStatus(_result: Result): number {
    return 0;
  }

  /** How calls are stopped and where they report. */
  protected get call(): CallContext {
    return {
      signal: this.runtime.signal,
      progress: (event) => {
        this.#display().report(event);
      },
      planned: (steps) => {
        this.#display().planned(steps);
      },
      accepted: (action) => {
        this.#display().accepted(action);
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
    if (this.#opened !== undefined) return this.#opened.backend;
    const opened = await openBackend(this.#backendFlag, this.runtime);
    this.#opened = opened;
    // Hidden commands are run by programs: the detached runner has nobody to tell.
    const tells = !this.ctor.hidden && !this.#onlyIds && this.#mode !== 'quiet';
    if (tells) for (const notice of await opened.backend.takeNotices()) await this.warning(notice);
    return opened.backend;
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
    if (notice !== undefined && !this.#onlyIds) await this.notice(notice);
    return found;
  }

  /** Tells something that is neither data nor an error, and that the user may have to act on. */
  protected async warning(text: string): Promise<void> {
    await this.#sinkForWords().write(`warning: ${stripControl(text)}\n`);
  }

  /** Tells something that is neither data nor an error. */
  protected async notice(text: string): Promise<void> {
    await this.#sinkForWords().write(`${stripControl(text)}\n`);
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
    this.runtime.checkCanAsk('Confirm with --yes.');
    const { stdin } = this.runtime.host;
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
    const parsed = await super.parse(options && withInherited(options), argv);
    const flags: Readonly<Record<string, unknown>> = parsed.flags;
    this.#output = readOutputFlags(flags);
    this.view.check(this.#output);
    this.#onlyIds = flags.quiet === true;
    this.#chooseMode(flags.progress);
    this.#backendFlag = typeof flags.backend === 'string' ? flags.backend : undefined;
    return parsed;
  }

  #chooseMode(flag: unknown): void {
    const { env, stderr } = this.runtime;
    this.#mode = this.#flagNames().includes('progress') ? progressMode(flag, env) : this.#modeWithoutFlag();
    this.#progressMode = this.#onlyIds && flag === undefined ? 'quiet' : this.#mode;
    checkProgress({ mode: this.#progressMode, sink: stderr, terminal: this.runtime.errorTerminal() });
  }

  /** Where nothing changes there is no `--progress`; of BERTH_PROGRESS then counts who reads stderr: a program, or nobody. */
  #modeWithoutFlag(): ProgressMode {
    const { env, host } = this.runtime;
    if (wantsEventLines(host.argv, env)) return 'json';
    return variable(env, 'BERTH_PROGRESS') === 'quiet' ? 'quiet' : 'auto';
  }

  /** Takes progress off the screen, where something else is to have it. */
  protected async endProgress(): Promise<void> {
    await this.#progress?.stop();
    this.#progress = undefined;
  }

  #display(): Progress {
    this.#progress ??= createProgress({
      sink: this.runtime.stderr,
      terminal: this.runtime.errorTerminal(),
      mode: this.#progressMode,
      now: () => this.runtime.now(),
    });
    return this.#progress;
  }

  /** A program that reads stderr is told how it ended whatever it wants on stdout: ids alone come with it too. */
  async #tellEndings(result: Result): Promise<void> {
    const endings = this.#mode === 'json' ? this.view.endings?.(result) : undefined;
    if (endings !== undefined) await this.runtime.stderr.write(endingLines(this.runtime.now(), endings));
  }

  /** Where words go that are neither data, nor progress, nor an error. */
  #sinkForWords(): Sink {
    const { stderr } = this.runtime;
    if (this.#mode === 'json') this.#words ??= eventSink(stderr, () => this.runtime.now());
    if (this.#mode === 'quiet') this.#words ??= silentSink();
    return this.#words ?? stderr;
  }

  #flagNames(): readonly string[] {
    return Object.keys({ ...this.ctor.baseFlags, ...this.ctor.flags });
  }
}

/** oclif copies the statics of a class by spreading it, which leaves out those that the class has from another. */
function withInherited<
  F extends Record<string, unknown>,
  B extends Record<string, unknown>,
  A extends Record<string, unknown>,
>(command: Interfaces.Input<F, B, A>): Interfaces.Input<F, B, A> {
  const { args, flags, baseFlags, strict } = command;
  return {
    ...command,
    ...(args !== undefined && { args }),
    ...(flags !== undefined && { flags }),
    ...(baseFlags !== undefined && { baseFlags }),
    ...(strict !== undefined && { strict }),
  };
}
