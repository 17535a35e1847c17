import fs from 'node:fs';
import path from 'node:path';
import { SettingsError } from '../port/errors.js';

/** What `berth backend use` keeps, in `settings.json` of `BERTH_HOME`. */
export interface Settings {
  readonly backend?: string;
}

/**
 * Reads the settings; none are kept until something is set.
 *
 * @throws SettingsError when the file is there but cannot be used. It is never overwritten to get out of this.
 */
export function readSettings(home: string): Settings {
  const file = settingsFile(home);
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return {};
    throw new SettingsError(`cannot read ${file}`, { cause: error, detail: messageOf(error), hint: accessHint(home) });
  }
  const hint = 'Mend the file, or delete it to start with no settings.';
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new SettingsError(`${file} is not valid JSON`, { cause: error, detail: messageOf(error), hint });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SettingsError(`${file} must hold a JSON object`, { hint });
  }
  if (!('backend' in content)) return {};
  if (typeof content.backend !== 'string') throw new SettingsError(`${file}: "backend" must be a string`, { hint });
  return { backend: content.backend };
}

/** Writes the settings in one piece (a new file put in place of the old), readable by the user alone. */
export function writeSettings(home: string, settings: Settings): void {
  const file = settingsFile(home);
  const partial = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(home, { recursive: true, mode: 0o700 });
    fs.writeFileSync(partial, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
    fs.renameSync(partial, file);
  } catch (error) {
    throw new SettingsError(`cannot write ${file}`, { cause: error, detail: messageOf(error), hint: accessHint(home) });
  }
}

function accessHint(home: string): string {
  return `Check who owns ${home} and what is in it, and their modes, or point BERTH_HOME elsewhere.`;
}

function settingsFile(home: string): string {
  return path.join(home, 'settings.json');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
