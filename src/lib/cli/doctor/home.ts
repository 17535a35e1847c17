import path from 'node:path';
import type { Check } from '../../ui/views/doctor.js';
import { type Environment, homeDirectory, variable } from '../environment.js';
import { readSettings } from '../settings.js';
import { lookAtFolder, modeOf } from './folders.js';
import { failed, failedBy, ok, skipped, warning } from './outcome.js';

const elsewhere = 'or point BERTH_HOME elsewhere';

/** berth's own folder: can it be used, and by whom. @param user id of who runs berth; undefined where there are none. */
export function checkHome(home: string, user: number | undefined): Check {
  const folder = lookAtFolder(home);
  if (folder.is === 'unusable') {
    return failed('home', `${home} cannot be used: ${folder.why}`, `Check who owns it and its mode, ${elsewhere}.`);
  }
  if (folder.is === 'absent') {
    if (folder.canBeMade)
      return ok('home', `${home} is not there yet: the first command that keeps something makes it`);
    return failed(
      'home',
      `${home} cannot be made`,
      `You may not write to ${folder.parent}: change that, ${elsewhere}.`,
    );
  }
  const { stat } = folder;
  if (user === undefined) return ok('home', home);
  if (stat.uid !== user) {
    const message = `${home} belongs to another user (uid ${stat.uid}; you are ${user})`;
    return warning('home', message, `Run berth as that user, ${elsewhere}.`);
  }
  const mode = modeOf(stat);
  if ((stat.mode & 0o022) !== 0) {
    return warning('home', `others may write to ${home} (mode ${mode})`, `Run \`chmod 700 ${home}\`.`);
  }
  return ok('home', `${home} (mode ${mode})`);
}

export function checkSettings(home: string): Check {
  try {
    const { backend } = readSettings(home);
    const file = path.join(home, 'settings.json');
    return ok('settings', backend === undefined ? 'none are kept' : `${file}: backend ${backend}`);
  } catch (error) {
    return failedBy('settings', error);
  }
}

/** Where the launcher keeps compiled code: without it every start compiles again. */
export function checkCodeCache(env: Environment, user: number | undefined): Check {
  const name = 'code cache';
  if (env.BERTH_CODE_CACHE === '0') return skipped(name, 'BERTH_CODE_CACHE=0 turns it off');
  const hint = 'Every start compiles again, which takes about 25 ms. Point XDG_CACHE_HOME to a folder of your own.';
  const base = cacheHome(env);
  if (base === undefined)
    return warning(name, 'there is no place for it: neither XDG_CACHE_HOME nor HOME is set', hint);
  const folder = path.join(base, 'berth', 'v8');
  const found = lookAtFolder(folder);
  if (found.is === 'unusable') return warning(name, `${folder} cannot be used: ${found.why}`, hint);
  if (found.is === 'absent') {
    return found.canBeMade
      ? ok(name, `${folder} is not there yet`)
      : warning(name, `${folder} cannot be made: ${found.parent} cannot be written`, hint);
  }
  const isOurs = user === undefined || (found.stat.uid === user && (found.stat.mode & 0o022) === 0);
  return isOurs ? ok(name, folder) : warning(name, `${folder} may be written by others, and is not used`, hint);
}

function cacheHome(env: Environment): string | undefined {
  const chosen = variable(env, 'XDG_CACHE_HOME');
  if (chosen !== undefined) return chosen;
  if (process.platform === 'win32') return variable(env, 'LOCALAPPDATA');
  return variable(env, 'HOME') === undefined ? undefined : path.join(homeDirectory(env), '.cache');
}
