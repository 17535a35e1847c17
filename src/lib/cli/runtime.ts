import type { Readable, Writable } from 'node:stream';
import { UsageError } from '../port/errors.js';
import { Sink } from '../ui/sink.js';
import { describeTerminal, type Terminal } from '../ui/terminal.js';
import { berthHome, type Environment } from './environment.js';
import { separatePassedWords } from './passed-words.js';
import { wantsEventLines } from './progress-mode.js';
import { readSettings, type Settings } from './settings.js';

/** What the process gives: tests give something else. */
export interface Host {
  /** The folder that holds package.json. */
  readonly root: string;
  readonly argv: readonly string[];
  /** Where oclif finds commands; by default what package.json says. */
  readonly commands?: string;
  readonly env: Environment;
  /** Throws UsageError when the directory is gone. */
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a run depends on: built once, each part when it is first asked for. */
export class Runtime {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly #host: Host;
  readonly #stop = new AbortController();
  #interruption: Error | undefined;
  #settings: Settings | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.stdout = new Sink(host.stdout);
    this.stderr = new Sink(host.stderr);
    this.stdout.onClose(() => {
      this.#stop.abort();
    });
  }

  get host(): Host {
    return this.#host;
  }

  get env(): Environment {
    return this.#host.env;
  }

  /** Aborts when the run is to end: the user interrupted it, or nobody reads its output any more. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** What interrupted the run; undefined while nothing has. */
  get interruption(): Error | undefined {
    return this.#interruption;
  }

  interrupt(reason: Error): void {
    this.#interruption = reason;
    this.#stop.abort(reason);
  }

  now(): number {
    return this.#host.now();
  }

  /** berth's own folder: settings and store. */
  get home(): string {
    return berthHome(this.env, () => this.#host.cwd);
  }

  /** @throws SettingsError when the file is there but cannot be used. */
  get settings(): Settings {
    this.#settings ??= readSettings(this.home);
    return this.#settings;
  }

  /** Reads the settings again when they are next asked for. */
  forgetSettings(): void {
    this.#settings = undefined;
  }

  /** What standard output is connected to. */
  outputTerminal(): Terminal {
    return describeTerminal(this.#host.stdout, this.env, { noColor: this.#noColor });
  }

  /** What standard error is connected to. */
  errorTerminal(): Terminal {
    return describeTerminal(this.#host.stderr, this.env, { noColor: this.#noColor });
  }

  get wantsJson(): boolean {
    const words = this.#flagWords();
    return words.some((word, index) => {
      const format = word === '--format' ? words[index + 1] : word.replace(/^--format=/, '');
      return word === '--json' || (word.startsWith('--format') && (format === 'json' || format === 'jsonl'));
    });
  }

  /**
   * Makes sure that there is somebody to ask.
   *
   * @param instead what to do where there is nobody: a sentence.
   * @throws UsageError where standard input is no terminal, or a program reads standard error.
   */
  checkCanAsk(instead: string): void {
    if (this.#host.stdin.isTTY !== true) throw new UsageError('there is no terminal to ask on', { hint: instead });
    if (!wantsEventLines(this.#host.argv, this.env)) return;
    throw new UsageError('with --progress json nothing is asked', { hint: instead });
  }

  get wantsDebug(): boolean {
    return this.#flagWords().includes('--debug');
  }

  get #noColor(): boolean {
    return this.#flagWords().includes('--no-color');
  }

  /** The words of ours, before `--`: these flags are read here too, because they must hold even when the command line is wrong. */
  #flagWords(): readonly string[] {
    const argv = separatePassedWords(this.#host.argv);
    const end = argv.indexOf('--');
    return end === -1 ? argv : argv.slice(0, end);
  }
}
