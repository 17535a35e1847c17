import fs from 'node:fs';
import path from 'node:path';

/** What can be said of a folder that may not be there yet. */
export type FolderState =
  | { readonly is: 'usable'; readonly stat: fs.Stats }
  | { readonly is: 'absent'; readonly canBeMade: boolean; readonly parent: string }
  | { readonly is: 'unusable'; readonly why: string };

/** Looks at a folder without changing anything. */
export function lookAtFolder(folder: string): FolderState {
  try {
    const stat = fs.statSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) {
      const parent = nearestFolder(path.dirname(folder));
      return { is: 'absent', canBeMade: mayUse(parent) === undefined, parent };
    }
    if (!stat.isDirectory()) return { is: 'unusable', why: 'it is no directory' };
    const why = mayUse(folder);
    return why === undefined ? { is: 'usable', stat } : { is: 'unusable', why };
  } catch (error) {
    return { is: 'unusable', why: error instanceof Error ? error.message : String(error) };
  }
}

/** The folder itself, or the nearest one above it that is there. */
function nearestFolder(folder: string): string {
  const above = path.dirname(folder);
  return fs.existsSync(folder) || above === folder ? folder : nearestFolder(above);
}

function mayUse(folder: string): string | undefined {
  try {
    fs.accessSync(folder, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
    return fs.statSync(folder).isDirectory() ? undefined : `${folder} is no directory`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** `0755`. */
export function modeOf({ mode }: fs.Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
