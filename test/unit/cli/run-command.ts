import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { Config } from '@oclif/core';
import type { BerthCommand } from '../../../src/lib/cli/base-command.js';
import { type Host, Runtime } from '../../../src/lib/cli/runtime.js';
import type { Backend, Facets } from '../../../src/lib/port/backend.js';

/** A stream that keeps what is written, and may say that it is a terminal. */
export class Screen extends Writable {
  readonly isTTY: boolean;
  text = '';

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface CommandRun {
  readonly stdout: string;
  readonly stderr: string;
  /** What it exits with when it went well. */
  readonly status: number | undefined;
  /** What it threw. */
  readonly error: unknown;
}

/** Runs a command in this process over facets that a test gives, with an argv as behind its name. */
export async function runCommand<Result>(
  Command: new (argv: string[], config: Config) => BerthCommand<Result>,
  argv: readonly string[],
  facets: Facets,
  host: Partial<Host> = {},
): Promise<CommandRun> {
  const root = path.resolve(import.meta.dirname, '../../..');
  const stdout = host.stdout ?? new Screen();
  const stderr = host.stderr ?? new Screen();
  const stdin = host.stdin ?? Readable.from([]);
  const runtime = new Runtime({ root, argv, env: {}, cwd: root, now: Date.now, ...host, stdin, stdout, stderr });
  const command = new Command([...argv], await Config.load(root));
  const backend: Backend = {
    name: 'engine',
    description: 'a fake engine',
    principal: { user: 'ann', namespace: 'default', admin: true },
    facets,
    takeNotices: async () => [],
    instead: {},
    close: async () => undefined,
  };
  Object.defineProperty(command, 'backend', { value: async () => backend });
  const ended = await command.invoke(runtime).then(
    (status) => ({ status, error: undefined }),
    (error: unknown) => ({ status: undefined, error }),
  );
  return { ...ended, stdout: textOf(stdout), stderr: textOf(stderr) };
}

function textOf(stream: Writable): string {
  return stream instanceof Screen ? stream.text : '';
}
