import type { ComposeVariable, LoadedProject } from '../compose/load.js';
import type { Project } from '../compose/project.js';
import type { ComposeConfig } from '../ui/views/compose.js';
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
 * @throws InputError (code `input`) with file, line and column where there is one.
 */
export async function loadDefinition(
  flags: DefinitionFlags,
  runtime: Runtime,
  services: readonly string[] = [],
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
    ...(services.length > 0 && { services }),
  });
}

export interface ComposeConfigFlags extends DefinitionFlags {
  readonly 'project-name'?: string | undefined;
  readonly format: 'yaml' | 'json';
  readonly json: boolean;
  readonly services: boolean;
  readonly images: boolean;
  readonly variables: boolean;
}

/**
 * What `compose config` prints: the canonical project, or the one list of it that a flag names.
 *
 * @param services only these and what they depend on; all when empty.
 * @throws InputError (code `input`) with file, line and column where there is one.
 */
export async function composeConfig(
  services: readonly string[],
  flags: ComposeConfigFlags,
  runtime: Runtime,
): Promise<ComposeConfig> {
  const loaded = await loadDefinition({ ...flags, name: flags['project-name'] }, runtime, services);
  const { project, variables, warnings } = loaded;
  const json = flags.json || flags.format === 'json';
  const listed = (lines: readonly string[], items: readonly unknown[]): ComposeConfig => ({
    text: json ? `${JSON.stringify(items, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
    warnings,
  });
  if (flags.services) {
    const names = Object.keys(project.services);
    return listed(names, names);
  }
  if (flags.images) {
    const images = imagesOf(project);
    return listed(images, images);
  }
  if (flags.variables) return listed(variableTable(variables), variables);
  const { printProject } = await import('../compose/print.js');
  return { text: printProject(project, json ? 'json' : 'yaml'), warnings };
}

function imagesOf(project: Project): readonly string[] {
  return Object.entries(project.services).map(([name, service]) => service.image ?? `${project.name}-${name}`);
}

/** Columns as `docker compose config --variables` has them. */
function variableTable(variables: readonly ComposeVariable[]): readonly string[] {
  const rows = [
    ['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'],
    ...variables.map((variable) => [
      variable.name,
      String(variable.required),
      variable.defaultValue ?? '',
      variable.alternateValue ?? '',
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}

async function readAll(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return Buffer.concat(chunks).toString('utf8');
}
