import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadProject, type LoadedProject, type LoadOptions } from '../../../src/lib/compose/load.js';

/** A directory named `project` with the files given by path; removed after the test. */
export function temporaryProject(files: Readonly<Record<string, string | Uint8Array>>): string {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'berth-compose-')));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const directory = join(parent, 'project');
  mkdirSync(directory);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

/** Loads `compose.yaml` (or what `options` say) of a temporary directory. */
export async function loadText(
  text: string,
  options: Partial<LoadOptions> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<LoadedProject & { readonly directory: string }> {
  const directory = temporaryProject({ 'compose.yaml': text, ...files });
  const loaded = await loadProject({ cwd: directory, env: {}, ...options });
  return { ...loaded, directory };
}

/** What `promise` is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it was expected to fail');
    },
    (error: unknown) => error,
  );
}
