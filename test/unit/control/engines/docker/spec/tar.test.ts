import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tarArchive } from '../../../../../../src/lib/control/engines/docker/spec/tar.js';

const hasTar = spawnSync('tar', ['--version']).status === 0;

const name = fc.stringMatching(/^[a-zA-Z0-9ü][a-zA-Z0-9._ü-]{0,60}$/);
const entry = fc.record({
  folders: fc.array(name, { maxLength: 6 }),
  name,
  data: fc.uint8Array({ maxLength: 1500 }),
  mode: fc.constantFrom(0o400, 0o444, 0o644, 0o755),
  uid: fc.constantFrom(0, 1000, 0o7777777, 0o7777777 + 1, 4_000_000_000),
  gid: fc.constantFrom(0, 33, 3_000_000_000),
});

function archiveOf(
  entries: readonly {
    readonly folders: readonly string[];
    readonly name: string;
    readonly data: Uint8Array;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
  }[],
): {
  readonly data: Buffer;
  readonly files: readonly { readonly path: string; readonly text: string; readonly stat: string }[];
} {
  const all = entries.map(({ folders, name: file, data, ...rest }, index) => ({
    // Every entry is in a folder of its own, so that no file is another's folder.
    path: [String(index), ...folders, file].join('/'),
    data: Buffer.from(data),
    ...rest,
  }));
  const files = all.map((file) => ({
    path: file.path,
    text: file.data.toString('hex'),
    stat: `${file.mode.toString(8)} ${file.uid} ${file.gid} ${file.data.length}`,
  }));
  return { data: tarArchive(all.map((file) => ({ ...file, path: `/${file.path}` }))), files };
}

describe.skipIf(!hasTar)('a tar archive, as tar reads it', () => {
  test('has every file with its path, content, owner and permissions', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-tar-'));
    onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
    let run = 0;
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), (entries) => {
        const { data, files } = archiveOf(entries);
        const target = path.join(folder, String(run++));
        fs.mkdirSync(target);
        const options = { input: data, env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' } };
        const listed = execFileSync(
          'tar',
          ['--numeric-owner', '--quoting-style=literal', '-tvf', '-'],
          options,
        ).toString();
        const lines = listed
          .trimEnd()
          .split('\n')
          .map((line) => /^-(\S{9}) (\d+)\/(\d+) +(\d+) (\S+ \S+) (.*)$/.exec(line) ?? []);
        expect(lines.map(([, mode = '', uid, gid, size]) => `${octal(mode)} ${uid} ${gid} ${size}`)).toEqual(
          files.map(({ stat }) => stat),
        );
        expect(lines.map((line) => line[6])).toEqual(files.map((file) => file.path));
        expect(new Set(lines.map((line) => line[5]))).toEqual(new Set(['1970-01-01 00:00']));
        execFileSync('tar', ['--no-same-owner', '-xf', '-', '-C', target], options);
        for (const file of files) expect(fs.readFileSync(path.join(target, file.path)).toString('hex')).toBe(file.text);
      }),
      { numRuns: 30 },
    );
  });
});

/** `rw-r--r--` as 644. */
function octal(mode: string): string {
  const bits = mode.replaceAll(/[rwx]/g, '1').replaceAll('-', '0');
  return Number.parseInt(bits, 2).toString(8);
}

test('equal files give equal archives of whole blocks', () => {
  const files = [{ path: '/run/secrets/token', data: Buffer.from('x'), mode: 0o444, uid: 0, gid: 0 }];
  expect(tarArchive(files).equals(tarArchive(files))).toBe(true);
  expect(tarArchive(files).length % 512).toBe(0);
  expect(tarArchive([])).toHaveLength(1024);
});
