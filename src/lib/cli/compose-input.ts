import type { LoadedProject, LoadOptions } from '../compose/load.js';
import type { Runtime } from './runtime.js';

/** What the definition flags of a command say. */
export interface DefinitionFlags {
  readonly file?: readonly string[] | undefined;
  readonly 'env-file'?: readonly string[] | undefined;
  readonly profile?: readonly string[] | undefined;
  readonly 'project-directory'?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * Loads the definition the flags mean; without `--file` the one that is found from the current directory upwards.
 *
 * @param more what a command wants besides.
 * @throws InputError (code `input`) with file, line and column where there is one.
 */
export async function loadDefinition(
  flags: DefinitionFlags,
  runtime: Runtime,
  more: Partial<LoadOptions> = {},
): Promise<LoadedProject> {
  const { loadProject } = await import('../compose/load.js');
  return loadProject({
    cwd: runtime.host.cwd,
    env: runtime.env,
    readStdin: () => readAll(runtime.host.stdin),
    ...(flags.file && { files: flags.file }),
    ...(flags['env-file'] && { envFiles: flags['env-file'] }),
    ...(flags.profile && { profiles: flags.profile }),
    ...(flags['project-directory'] !== undefined && { projectDirectory: flags['project-directory'] }),
    ...(flags.name !== undefined && { projectName: flags.name }),
    ...more,
  });
}

/** The same, with the contents of secrets and configs, for a command that deploys or stores it. */
export function loadDeployable(flags: DefinitionFlags, runtime: Runtime): Promise<LoadedProject> {
  return loadDefinition(flags, runtime, { embedFiles: true });
}

async function readAll(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return Buffer.concat(chunks).toString('utf8');
}
