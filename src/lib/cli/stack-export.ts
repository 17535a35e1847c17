import path from 'node:path';
import type { Project } from '../compose/project.js';
import { jsonText } from '../ui/document.js';
import type { StackExport } from '../ui/views/stacks.js';
import type { Runtime } from './runtime.js';
import { refuseExistingFile, writeWholeFile } from './write-file.js';

interface ExportFlags {
  readonly file?: string | undefined;
  readonly force: boolean;
  readonly format?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Looks whether the file may be written, before anything is asked for.
 *
 * @throws UsageError when it is there and --force was not given.
 */
export function checkTarget(flags: ExportFlags, runtime: Runtime): void {
  const file = targetOf(flags, runtime);
  if (file !== null && !flags.force) refuseExistingFile(file, flags.file ?? file);
}

/**
 * Writes a definition down as a Compose file that loads to the same again: to the file that the flags name, whole or not
 * at all, else as text for standard output.
 *
 * @throws UsageError when the file cannot be written.
 */
export async function exportDefinition(project: Project, flags: ExportFlags, runtime: Runtime): Promise<StackExport> {
  const { printProject } = await import('../compose/print.js');
  const format = flags.json === true || flags.format === 'json' ? 'json' : 'yaml';
  const text = printProject(project, format, { portable: true });
  const file = targetOf(flags, runtime);
  if (file === null) return { text, file };
  writeWholeFile(file, text, { replace: flags.force, typed: flags.file ?? file });
  return { text: flags.json === true ? jsonText({ file }) : '', file };
}

/** Absolute; null for standard output. */
function targetOf({ file }: ExportFlags, runtime: Runtime): string | null {
  return file === undefined || file === '-' ? null : path.resolve(runtime.host.cwd, file);
}
