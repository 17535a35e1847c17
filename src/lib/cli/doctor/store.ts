import fs from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { Database } from '../../control/store/database.js';
import { migrations } from '../../control/store/migrations.js';
import { bytes } from '../../ui/human.js';
import type { Check } from '../../ui/views/doctor.js';
import { failed, failedBy, ok, skipped, warning } from './outcome.js';
import { modeOf } from './folders.js';

const busyTimeoutMs = 1_000;
const numbers = v.object({ number: v.nullable(v.number()) });
const tables = v.object({ name: v.string() });
const answers = v.object({ quick_check: v.string() });

/** Opens the store if there is one, and has SQLite check it. Nothing is made or changed. */
export function checkStore(home: string): Check {
  const file = path.join(home, 'berth.db');
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return skipped('store', 'there is none yet: nothing was deployed');
  let database: Database | undefined;
  try {
    database = new Database(file, busyTimeoutMs);
    return checked(database, file, stat);
  } catch (error) {
    return failedBy('store', error);
  } finally {
    database?.close();
  }
}

function checked(database: Database, file: string, stat: fs.Stats): Check {
  const found = database.all(answers, 'PRAGMA quick_check(3)').map((row) => row.quick_check);
  if (found.join() !== 'ok') {
    const way = `Restore it from a backup, or start with an empty one by moving it away: mv ${file} ${file}.damaged`;
    return failed('store', `${file} is damaged: ${found.join('; ')}`, way);
  }
  const names = database.all(tables, "SELECT name FROM sqlite_master WHERE type = 'table'").map((row) => row.name);
  if (!names.includes('berth_migration')) {
    if (names.length === 0) return ok('store', `${file}, empty`);
    const message = `${file} is the database of another program: it has the tables ${names.join(', ')}`;
    return failed('store', message, 'Point BERTH_HOME elsewhere.');
  }
  return ofVersion(database, file, stat);
}

function ofVersion(database: Database, file: string, stat: fs.Stats): Check {
  const newest = migrations.at(-1)?.number ?? 0;
  const number = database.first(numbers, 'SELECT max(number) AS number FROM berth_migration')?.number ?? 0;
  if (number > newest) {
    const message = `${file} was written by a newer berth (migration ${number}; this one knows ${newest})`;
    return failed('store', message, 'Update berth, or point BERTH_HOME elsewhere.');
  }
  if ((stat.mode & 0o077) !== 0 && process.getuid !== undefined) {
    const message = `others may read ${file} (mode ${modeOf(stat)}), and definitions may hold secrets`;
    return warning('store', message, `Run \`chmod 600 ${file}\`.`);
  }
  const state = number === newest ? 'up to date' : `migration ${number} of ${newest}: the next command updates it`;
  return ok('store', `${file}, ${bytes(stat.size)}, sound, ${state}`);
}
