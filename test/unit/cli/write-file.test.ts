import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { refuseExistingFile, writeWholeFile } from '../../../src/lib/cli/write-file.js';

let directory = '';

/** What the user wrote for it. */
const typed = '../out/compose.yaml';

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-write-'));
  const made = directory;
  onTestFinished(() => {
    fs.rmSync(made, { recursive: true });
  });
});

describe('writeWholeFile', () => {
  test('a new file, and nothing beside it', () => {
    const file = path.join(directory, 'compose.yaml');
    writeWholeFile(file, 'name: a\n', { replace: false, typed });
    expect(fs.readFileSync(file, 'utf8')).toBe('name: a\n');
    expect(fs.readdirSync(directory)).toEqual(['compose.yaml']);
  });

  test('one that is there stays, unless it is to be replaced', () => {
    const file = path.join(directory, 'compose.yaml');
    fs.writeFileSync(file, 'old\n');
    const refusal = expect.objectContaining({
      code: 'usage',
      message: '../out/compose.yaml is there already',
      hint: 'Replace it with --force.',
    });
    expect(() => {
      refuseExistingFile(file, typed);
    }).toThrow(refusal);
    expect(() => {
      writeWholeFile(file, 'new\n', { replace: false, typed });
    }).toThrow(refusal);
    expect(fs.readFileSync(file, 'utf8')).toBe('old\n');
    writeWholeFile(file, 'new\n', { replace: true, typed });
    expect(fs.readFileSync(file, 'utf8')).toBe('new\n');
    expect(fs.readdirSync(directory)).toEqual(['compose.yaml']);
  });

  test('whoever has the old one open reads all of it', () => {
    const file = path.join(directory, 'compose.yaml');
    fs.writeFileSync(file, 'old\n');
    const open = fs.openSync(file, 'r');
    writeWholeFile(file, 'new\n', { replace: true, typed });
    expect(fs.readFileSync(open, 'utf8')).toBe('old\n');
    fs.closeSync(open);
  });

  test('permissions of a secret file', () => {
    const file = path.join(directory, '.env');
    writeWholeFile(file, 'A=1\n', { replace: false, typed, mode: 0o600 });
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['nowhere/compose.yaml', 'Make the directory ../out first, or name another file.'],
    ['.', 'Name a file in a directory that you may write to.'],
  ])('%s cannot be written: in words of the user', (name, hint) => {
    const refusal = {
      code: 'usage',
      message: `cannot write ${typed}`,
      hint,
      detail: expect.not.stringContaining('.part'),
    };
    expect(() => {
      writeWholeFile(path.join(directory, name), 'x', { replace: true, typed });
    }).toThrow(expect.objectContaining(refusal));
    expect(fs.readdirSync(directory)).toEqual([]);
  });
});
