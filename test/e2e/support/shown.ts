import { expect } from 'vitest';
import { openShell, type Run, type Shell, votingApp } from './berth.js';

const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
export const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** A seed makes ids of containers, their nodes and what they log the same in every run. */
export async function deployed(env: Readonly<Record<string, string>> = {}): Promise<Shell> {
  const shell = openShell({ BERTH_SANDBOX_SEED: 'e2e', ...env });
  const { exitCode } = await shell.berth('up', '-f', votingApp, '-q');
  expect(exitCode).toBe(0);
  return shell;
}

/** Stdout of a run that must succeed and say nothing on stderr. */
export async function shown(run: Promise<Run>): Promise<string> {
  const { stdout, stderr, exitCode } = await run;
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout;
}

/** Text with ids and times, which differ from run to run, replaced by marks of the same width. */
export function marked(text: string): string {
  return text.replace(uuid, '<id>'.padEnd(36, '.')).replace(time, '<time>'.padEnd(24, '.'));
}

export async function json<T>(run: Promise<Run>): Promise<T> {
  const value: T = JSON.parse(await shown(run));
  return value;
}

export async function newestAction(shell: Shell): Promise<string> {
  return (await shown(shell.berth('action', 'ls', '--last', '1', '-q'))).trim();
}

export interface Named {
  readonly id: string;
  readonly name: string;
}
