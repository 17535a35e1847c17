import fs from 'node:fs';
import { expect } from 'vitest';
import { errorOn, type ErrorOnStdout, type Shell } from './berth.js';

export interface Refusal {
  readonly exitCode: number;
  readonly code: string;
  /** The whole message. */
  readonly message: string;
  readonly hint?: RegExp;
  readonly position?: ErrorOnStdout['position'];
}

/**
 * Runs a command that has to be refused, in text and with --json: the same exit code, on stdout nothing or the document,
 * on stderr the report. Gives the report.
 */
export async function refused(
  shell: Shell,
  args: readonly string[],
  expected: Refusal,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const text = await shell.berthWith(env, ...args);
  const json = await shell.berthWith(env, ...args, '--json');
  const error = errorOn(json.stdout);
  const { exitCode, code, message, hint, position } = expected;
  expect({ exitCode: text.exitCode, stdout: text.stdout }).toEqual({ exitCode, stdout: '' });
  expect(error).toMatchObject({ code, message, exitCode, ...(position && { position }) });
  expect(json.exitCode).toBe(exitCode);
  expect(json.stderr).toBe(text.stderr);
  expect(text.stderr.startsWith(`Error: ${message}\n`), text.stderr).toBe(true);
  expect(text.stderr).not.toMatch(/node:internal|\.c?js:\d+/);
  if (hint !== undefined) {
    expect(error.hint).toMatch(hint);
    expect(text.stderr).toContain(`Hint: ${error.hint ?? ''}\n`);
  }
  if (position?.excerpt !== undefined) {
    const place = [position.file, position.line, position.column].join(':');
    expect(text.stderr).toContain(`  in ${place}`);
    expect(text.stderr).toContain(`  ${position.line ?? ''} | ${position.excerpt}\n`);
  }
  return text.stderr;
}

/** Nothing was opened: BERTH_HOME is not there. */
export function expectNothingKept(shell: Shell): void {
  expect(fs.existsSync(shell.home)).toBe(false);
}

/** What runs and what was done, as scripts see it. */
export async function state(shell: Shell): Promise<readonly unknown[]> {
  const runs = [
    await shell.berth('stack', 'ls', '--json'),
    await shell.berth('service', 'ps', '--json'),
    await shell.berth('container', 'ps', '--all', '--json'),
    await shell.berth('action', 'ls', '--json'),
  ];
  return runs.map(({ stdout, exitCode }): unknown => [exitCode, JSON.parse(stdout)]);
}
