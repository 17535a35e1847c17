import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Libsql from 'libsql';
import { describe, expect, test } from 'vitest';
import { type BerthError, isBerthError } from '../../../../src/lib/port/errors.js';
import { storeError } from '../../../../src/lib/control/store/store-error.js';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

const run = promisify(execFile);
const child = fileURLToPath(new URL('child.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

interface ChildResult {
  readonly appended: number;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

/** Runs child.ts, behind a command of bash if one is given. */
async function runChild(path: string, user: string, count: number, before = ''): Promise<ChildResult> {
  const script = `${before}exec "$0" --import tsx "$1" "$2" "$3" "$4"`;
  const { stdout } = await run('bash', ['-c', script, process.execPath, child, path, user, String(count)]);
  const result: ChildResult = JSON.parse(stdout);
  return result;
}

async function failureOf(promise: Promise<unknown>): Promise<BerthError> {
  const outcome = await promise.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
  if (!isBerthError(outcome) || outcome.code !== 'store') throw new Error(`not a StoreError: ${String(outcome)}`);
  return outcome;
}

/** A store with something in it, closed. */
async function filledStore(path = join(temporaryFolder(), 'berth.db'), inputs = 300): Promise<string> {
  const store = await openTemporaryStore({ path });
  const journal = store.journal('sandbox');
  for (let index = 0; index < inputs; index++) await journal.append(index, 'x'.repeat(500));
  await store.close();
  return path;
}

async function inputsIn(path: string): Promise<number> {
  const store = await openTemporaryStore({ path });
  let count = 0;
  await store.journal('sandbox').advance(({ inputs }) => {
    count = inputs.length;
    return null;
  });
  await store.close();
  return count;
}

function integrity(path: string): unknown {
  const database = new Libsql(path);
  const rows: unknown[] = database.prepare('PRAGMA integrity_check').all();
  database.close();
  return rows;
}

describe('opening the store', () => {
  test('makes the file and its folder, for the user alone', async () => {
    const folder = join(temporaryFolder(), 'new', 'home');
    const path = join(folder, 'berth.db');
    await openTemporaryStore({ path });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('again finds what was stored', async () => {
    expect(await inputsIn(await filledStore(undefined, 3))).toBe(3);
  });

  test('by several processes at once, on a fresh home, loses nothing', async () => {
    const path = join(temporaryFolder(), 'home', 'berth.db');
    const results = await Promise.all(Array.from({ length: 4 }, () => runChild(path, '-', 25)));
    expect(results).toEqual(Array.from({ length: 4 }, () => ({ appended: 25 })));
    expect(await inputsIn(path)).toBe(100);
  });

  test('closing twice is no error', async () => {
    const store = await openTemporaryStore();
    await store.close();
    await store.close();
  });
});

describe('a store that cannot be used is an error, and stays as it is', () => {
  test.each([
    ['garbage', (path: string) => writeFileSync(path, 'this is not a database. '.repeat(1_000))],
    ['cut off in the middle', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['cut off in the header', (path: string) => truncateSync(path, 60)],
    ['overwritten in the middle', (path: string) => overwrite(path, 4_096, 8_192)],
  ])('%s', async (_name, damage) => {
    const path = await filledStore();
    damage(path);
    const before = readFileSync(path);
    const error = await failureOf(inputsIn(path));
    expect(error.message).toBe(`the store ${path} is damaged, or not a berth store`);
    expect(error.hint).toContain(`mv ${path} `);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test.each([
    ['garbage', 'garbage'],
    ['nothing', ''],
  ])('%s in place of the main file while its log is there', async (_name, text) => {
    const path = await filledStore();
    await openTemporaryStore({ path });
    copyFileSync(path, `${path}-wal`);
    writeFileSync(path, text);
    const error = await failureOf(inputsIn(path));
    expect(error.detail).toBe('it does not begin like a SQLite database');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('the database of another program', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const database = new Libsql(path);
    database.exec('CREATE TABLE bookmark (url TEXT); INSERT INTO bookmark VALUES (1)');
    database.close();
    const error = await failureOf(openTemporaryStore({ path }));
    expect(error.message).toBe(`the store ${path} is the database of another program`);
    expect(error.detail).toBe('it has the tables bookmark');
    const again = new Libsql(path);
    expect(again.prepare('SELECT name FROM sqlite_master').all()).toEqual([{ name: 'bookmark' }]);
    again.close();
  });

  test('a berth that was never released made it', async () => {
    const path = await filledStore(undefined, 1);
    const database = new Libsql(path);
    database.exec("UPDATE berth_migration SET name = 'something else'");
    database.close();
    const error = await failureOf(openTemporaryStore({ path }));
    expect(error.message).toBe(`the store ${path} was made by a berth that was never released`);
    expect(error.detail).toBe('its migration 1 is "something else"');
  });

  test('a newer berth wrote it', async () => {
    const path = await filledStore(undefined, 1);
    const database = new Libsql(path);
    database.exec("INSERT INTO berth_migration VALUES (9999, 'later', '')");
    database.close();
    const error = await failureOf(openTemporaryStore({ path }));
    expect(error.message).toBe(`the store ${path} was written by a newer berth`);
    expect(error.hint).toContain('Update berth');
  });

  test('a row that no berth wrote', async () => {
    const path = await filledStore(undefined, 1);
    const database = new Libsql(path);
    database.exec(
      `INSERT INTO stack VALUES ('e', 'n', 's', 'id', 0, 1, 'sandbox', '{}', 0, '2026-01-01T00:00:00Z', NULL);
       INSERT INTO release VALUES ('id', 1, 'e', 'n', 's', NULL, 'k', 'ann', 'made', '{"name": 1}',
         '{"config": {}, "limits": {}, "placement": {}}', NULL, 'stored', '2026-01-01T00:00:00Z')`,
    );
    database.close();
    const store = await openTemporaryStore({ path });
    const error = await failureOf(store.ledger('e').list('n'));
    expect(error.message).toBe(`the store ${path} is damaged, or not a berth store`);
  });

  test('a directory in its place, or a file in place of its folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'berth.db'));
    const directory = await failureOf(openTemporaryStore({ path: join(folder, 'berth.db') }));
    expect(directory.message).toBe(`the store ${join(folder, 'berth.db')} cannot be opened`);
    expect(directory.hint).toContain('is a directory');

    writeFileSync(join(folder, 'file'), '');
    const file = await failureOf(openTemporaryStore({ path: join(folder, 'file', 'berth.db') }));
    expect(file.hint).toContain('point BERTH_HOME elsewhere');
  });

  test('a store that may not be read', async () => {
    const { path, user } = await storeOfNobody();
    chmodSync(path, 0o000);
    const result = await runChild(path, user, 1);
    expect(result).toMatchObject({ appended: 0, code: 'store', message: `the store ${path} cannot be opened` });
    expect(result.hint).toContain(`Check who owns`);
  });

  test('a store that may be read but not written', async () => {
    const { path, user } = await storeOfNobody();
    chmodSync(path, 0o444);
    chmodSync(join(path, '..'), 0o555);
    const result = await runChild(path, user, 1);
    chmodSync(join(path, '..'), 0o700);
    expect(result).toMatchObject({ appended: 0, code: 'store' });
    expect(result.message).toMatch(/ cannot be (written|opened)$/);
  });

  test('a store that somebody else is writing to', async () => {
    const path = await filledStore(undefined, 1);
    const store = await openTemporaryStore({ path, busyTimeoutMs: 100 });
    const other = new Libsql(path);
    other.exec('BEGIN IMMEDIATE');
    const error = await failureOf(store.journal('sandbox').append(1, ''));
    other.exec('ROLLBACK');
    other.close();
    expect(error.message).toBe(`the store ${path} has been locked by another process for 0.1 s`);
    await store.journal('sandbox').append(1, '');
  });
});

describe('what SQLite says', () => {
  test.each([
    ...['SQLITE_CANTOPEN', 'SQLITE_NOTADB', 'SQLITE_CORRUPT_VTAB', 'SQLITE_READONLY_DBMOVED', 'SQLITE_FULL'],
    ...['SQLITE_IOERR_READ', 'SQLITE_PERM', 'SQLITE_AUTH', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_LOCKED', 'EACCES'],
  ])('%s is about the file', (code) => {
    const told = storeError('/x/berth.db', Object.assign(new Error('no'), { code }), 100);
    expect(told).toMatchObject({ code: 'store', detail: `${code}: no` });
  });

  test.each([
    ['UNKNOWN_SQLITE_ERROR_1544', 'SQLITE_READONLY', 'cannot be written'],
    ['UNKNOWN_SQLITE_ERROR_8714', 'SQLITE_IOERR', 'cannot be read or written'],
  ])('%s is about the file too: %s', (code, named, message) => {
    const told = storeError('/x/berth.db', Object.assign(new Error('no'), { code }), 100);
    expect(told).toMatchObject({ code: 'store', message: `the store /x/berth.db ${message}`, detail: `${named}: no` });
  });

  test.each([
    'UNKNOWN_SQLITE_ERROR_1',
    'SQLITE_ERROR',
    'SQLITE_CONSTRAINT_CHECK',
    'SQLITE_MISUSE',
    'SQLITE_RANGE',
    'ERR_INVALID_ARG_TYPE',
  ])('%s is a mistake of ours, and passes as it is', (code) => {
    const error = Object.assign(new Error('no'), { code });
    expect(storeError('/x/berth.db', error, 100)).toBe(error);
  });
});

describe('a store that cannot grow', () => {
  test.each([8, 40, 200, 800])(
    'under a file size limit of %i blocks is a clean error, and stays whole',
    async (blocks) => {
      const path = join(temporaryFolder(), 'berth.db');
      const result = await runChild(path, '-', 2_000, `ulimit -f ${blocks}; `);
      expect(result).toMatchObject({ code: 'store', message: `the store ${path} cannot grow` });
      expect(result.hint).toContain('ulimit -f');
      expect(integrity(path)).toEqual([{ integrity_check: 'ok' }]);
      expect(await inputsIn(path)).toBe(result.appended);
    },
  );

  test('that has things in it keeps them', async () => {
    const path = await filledStore();
    const result = await runChild(path, '-', 2_000, 'ulimit -f 200; ');
    expect(result).toMatchObject({ code: 'store' });
    expect(await inputsIn(path)).toBe(300 + result.appended);
    expect(existsSync(`${path}.damaged`)).toBe(false);
  });
});

function overwrite(path: string, from: number, length: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0x41, from, from + length);
  writeFileSync(path, bytes);
}

/** A store of a user who is not root, so that its mode counts: the child process becomes that user. */
async function storeOfNobody(): Promise<{ path: string; user: string }> {
  const path = await filledStore(undefined, 1);
  copyFileSync(path, `${path}.copy`);
  if (!isRoot) return { path, user: '-' };
  await run('chown', ['-R', String(nobody), join(path, '..')]);
  return { path, user: String(nobody) };
}
