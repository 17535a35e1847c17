import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';

export const root = path.resolve(import.meta.dirname, '../../..');
export const launcher = path.join(root, 'bin', 'run.js');
export const votingApp = path.join(root, 'examples', 'voting-app', 'compose.yaml');

export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Shell {
  /** The directory commands run in; removed with the test. */
  readonly cwd: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs berth to its end. */
  berth(...args: string[]): Promise<Run>;
  /** The same with more variables; a blank one is set blank. */
  berthWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Run>;
  /** Runs a bash line in which `berth` is the launcher. */
  bash(line: string, env?: Readonly<Record<string, string>>): Promise<Run>;
  /** Starts berth and leaves it running; killed with the test. */
  start(...args: string[]): ChildProcess;
  startWith(env: Readonly<Record<string, string>>, ...args: string[]): ChildProcess;
  /** Runs a bash line like `bash`, but on a terminal of that many columns; stdout and stderr are one. */
  pty(line: string, options?: PtyOptions): Promise<Run>;
  /** Starts a bash line on a terminal; what is written to its stdin is typed. */
  startPty(line: string, options?: PtyOptions): ChildProcess;
  write(file: string, content: string): string;
}

export interface PtyOptions {
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Whether this machine has util-linux' `script`, which gives a terminal to a command. */
export const hasPty = /util-linux/.test(String(spawnSync('script', ['--version']).stdout));

/**
 * A directory, a HOME and a BERTH_HOME of its own, and berth in it, on a quick sandbox.
 *
 * @param extra variables, over those of the sandbox.
 * @param test whose end removes it: a test that runs beside others names itself.
 */
export function openShell(
  extra: Readonly<Record<string, string>> = {},
  test: Pick<TestContext, 'onTestFinished'> = { onTestFinished },
): Shell {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-e2e-'));
  const children: ChildProcess[] = [];
  test.onTestFinished(() => {
    for (const child of children) child.kill('SIGKILL');
    fs.rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  });
  const cwd = path.join(base, 'work');
  fs.mkdirSync(cwd);
  const home = path.join(base, 'berth-home');
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: path.join(base, 'home'),
    XDG_CACHE_HOME: path.join(os.tmpdir(), 'berth-e2e-cache'),
    BERTH_HOME: home,
    BERTH_ENGINE: 'sandbox',
    BERTH_SANDBOX_SPEED: '100',
    USER: 'tester',
    LANG: 'C.UTF-8',
    ...extra,
  };
  const launch = (command: string, args: readonly string[], more: Readonly<Record<string, string>>): ChildProcess => {
    const child = spawn(command, args, { cwd, env: { ...env, ...more }, stdio: ['pipe', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };
  const finish = (command: string, args: readonly string[], more: Readonly<Record<string, string>>): Promise<Run> => {
    const child = launch(command, args, more);
    child.stdin?.end();
    return outcome(child);
  };
  const withBerth = (line: string): string =>
    `berth() { ${JSON.stringify(process.execPath)} ${JSON.stringify(launcher)} "$@"; }\n${line}`;
  const startPty = (line: string, { columns = 100, env: more = {} }: PtyOptions = {}): ChildProcess => {
    const script = path.join(base, 'pty.bash');
    fs.writeFileSync(script, withBerth(`stty cols ${columns}; ${line}`));
    return launch('script', ['-qec', `bash ${script}`, '/dev/null'], { TERM: 'xterm-256color', ...more });
  };
  return {
    cwd,
    home,
    env,
    berth: (...args) => finish(process.execPath, [launcher, ...args], {}),
    berthWith: (more, ...args) => finish(process.execPath, [launcher, ...args], more),
    bash: (line, more = {}) => finish('bash', ['-c', withBerth(line)], more),
    start: (...args) => launch(process.execPath, [launcher, ...args], {}),
    startWith: (more, ...args) => launch(process.execPath, [launcher, ...args], more),
    pty: (line, options) => outcome(startPty(line, options)),
    startPty,
    write: (file, content) => {
      const full = path.join(cwd, file);
      fs.mkdirSync(path.dirname(full), { recursive: true });
      fs.writeFileSync(full, content);
      return full;
    },
  };
}

/** The error document of `--json`, as scripts read it. */
export interface ErrorOnStdout {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: {
    readonly file: string;
    readonly line?: number;
    readonly column?: number;
    readonly path?: string;
    readonly excerpt?: string;
  };
  readonly exitCode: number;
}

/** Reads the one document that a failed `--json` run has on stdout; throws when there is anything else. */
export function errorOn(stdout: string): ErrorOnStdout {
  const { error }: { readonly error: ErrorOnStdout } = JSON.parse(stdout);
  return error;
}

/** Everything a process printed, and how it ended. */
export async function outcome(child: ChildProcess): Promise<Run> {
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      resolve([code, killedBy]);
    });
  });
  return { stdout: stdout(), stderr: stderr(), exitCode, signal };
}

/** Waits until the process has printed text that the pattern matches; gives what it printed so far. */
export async function printed(
  child: ChildProcess,
  pattern: RegExp,
  stream: 'stdout' | 'stderr' = 'stdout',
): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    child[stream]?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve(text);
    });
    child.on('close', () => {
      reject(new Error(`ended before printing ${String(pattern)}; it printed ${JSON.stringify(text)}`));
    });
  });
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
