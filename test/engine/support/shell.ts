import fs from 'node:fs';
import path from 'node:path';
import { expect, type TestContext } from 'vitest';
import { openShell, type Run, type Shell } from '../../e2e/support/berth.js';
import { type BorrowedEngine, engineOf } from './engines.js';

/** Berth, as built, on a Docker of its own. */
export interface EngineShell extends Shell {
  readonly engine: BorrowedEngine;
  /** Runs berth, which has to end with 0, and gives its stdout. */
  ok(...args: string[]): Promise<string>;
  /** The same, and what it gives as JSON. */
  json(...args: string[]): Promise<unknown>;
}

/** A shell in a folder of its own. The test is skipped where there is no Docker. */
export async function engineShell(context: TestContext): Promise<EngineShell> {
  const engine = await engineOf(context);
  return shellOn(engine);
}

/** Another user of the same Docker: nothing is shared but that. */
export function shellOn(engine: BorrowedEngine): EngineShell {
  const shell = openShell({ BERTH_ENGINE: 'docker', DOCKER_HOST: engine.host });
  fs.mkdirSync(path.join(path.dirname(shell.cwd), 'home'));
  const ok = async (...args: string[]): Promise<string> => succeeded(await shell.berth(...args));
  return { ...shell, engine, ok, json: async (...args): Promise<unknown> => JSON.parse(await ok(...args, '--json')) };
}

/** The stdout of a run that ended with 0. */
function succeeded({ exitCode, stdout, stderr }: Run): string {
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

/** Words of `docker ps --all`: names of the containers there are, sorted. */
export async function containerNames({ docker }: BorrowedEngine): Promise<string[]> {
  const names = (await docker('ps', '--all', '--format', '{{.Names}}')).trim().split('\n');
  return names.filter((name) => name !== '').sort();
}
