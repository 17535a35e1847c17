import type { ComposeVariable } from '../compose/load.js';
import type { Project } from '../compose/project.js';
import { imageOf } from '../plan/image.js';
import type { ComposeConfig } from '../ui/views/compose.js';
import { type DefinitionFlags, loadDefinition } from './compose-input.js';
import type { Runtime } from './runtime.js';

/** Lists that can be printed instead of the whole. */
const lists = ['services', 'images', 'volumes', 'networks', 'profiles', 'variables'] as const;

type ListName = (typeof lists)[number];

export interface ComposeConfigFlags extends DefinitionFlags, Readonly<Record<ListName, boolean>> {
  readonly 'project-name'?: string | undefined;
  readonly format?: 'yaml' | 'json' | undefined;
  readonly json: boolean;
  readonly interpolate: boolean;
  readonly consistency: boolean;
  readonly normalize: boolean;
  readonly 'path-resolution': boolean;
  readonly 'env-resolution': boolean;
  readonly 'all-resources': boolean;
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
  const { project, variables, warnings } = await loadDefinition({ ...flags, name: flags['project-name'] }, runtime, {
    ...(services.length > 0 && { services }),
    interpolate: flags.interpolate,
    consistency: flags.consistency,
    normalize: flags.normalize,
    resolvePaths: flags['path-resolution'],
    resolveEnvironment: flags['env-resolution'],
    allResources: flags['all-resources'],
  });
  const listed = lists.find((name) => flags[name]);
  if (listed === undefined) {
    const { printProject } = await import('../compose/print.js');
    const format = flags.json ? 'json' : (flags.format ?? 'yaml');
    return { text: printProject(project, format, { escape: flags.interpolate }), warnings };
  }
  const items = listed === 'variables' ? variables : namesIn(project, listed);
  const lines = listed === 'variables' ? variableTable(variables) : namesIn(project, listed);
  const text = flags.json ? `${JSON.stringify(items, null, 2)}\n` : lines.map((line) => `${line}\n`).join('');
  return { text, warnings };
}

function namesIn(project: Project, list: Exclude<ListName, 'variables'>): readonly string[] {
  switch (list) {
    case 'services':
      return Object.keys(project.services);
    case 'images':
      return imagesOf(project);
    case 'volumes':
      return Object.keys(project.volumes ?? {});
    case 'networks':
      return Object.keys(project.networks ?? {});
    case 'profiles':
      return [...new Set(Object.values(project.services).flatMap(({ profiles }) => profiles ?? []))].sort();
  }
}

function imagesOf(project: Project): readonly string[] {
  return Object.entries(project.services).map(([name, service]) => imageOf(project.name, name, service));
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
