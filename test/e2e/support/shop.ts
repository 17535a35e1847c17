import { expect } from 'vitest';
import { openShell, type Shell } from './berth.js';

/** A small app of two process types, deployed from the directory that its name is that of. */
export async function openShop(env: Readonly<Record<string, string>> = {}): Promise<Shell> {
  const shell = openShell({ BERTH_SANDBOX_SEED: 'e2e', BERTH_SANDBOX_SPEED: '1000', ...env });
  shell.write(
    'compose.yaml',
    `name: shop
services:
  web:
    image: example/web:1
    environment: { MODE: test, SHARED: a }
    deploy: { replicas: 2 }
  worker:
    image: example/worker:1
    environment: { SHARED: a }
`,
  );
  const { exitCode, stderr } = await shell.berth('up', '-q');
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return shell;
}

/** Stdout of a run that must succeed, whatever it says on stderr. */
export async function done(run: ReturnType<Shell['berth']>): Promise<string> {
  const { stdout, stderr, exitCode } = await run;
  expect(exitCode, stderr).toBe(0);
  return stdout;
}
