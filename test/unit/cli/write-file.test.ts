import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { refuseExistingFile, writeWholeFile } from '../../../src/lib/cli/write-file.js';

let directory = '';

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
    writeWholeFile(file, 'name: a\n', { replace: false });
    expect(fs.readFileSync(file, 'utf8')).toBe('name: a\n');
    expect(fs.readdirSync(directory)).toEqual(['compose.yaml']);
  });

  test('one that is there stays, unless it is to be replaced', () => {
    const file = path.join(directory, 'compose.yaml');
    fs.writeFileSync(file, 'old\n');
    const refusal = expect.objectContaining({ code: 'usage', hint: 'Replace it with --force.' });
    expect(() => {
      refuseExistingFile(file);
    }).toThrow(refusal);
    expect(() => {
      writeWholeFile(file, 'new\n', { replace: false });
    }).toThrow(refusal);
    expect(fs.readFileSync(file, 'utf8')).toBe('old\n');
    writeWholeFile(file, 'new\n', { replace: true });
    expect(fs.readFileSync(file, 'utf8')).toBe('new\n');
    expect(fs.readdirSync(directory)).toEqual(['compose.yaml']);
  });

  test('whoever has the old one open reads all of it', () => {
    const file = path.join(directory, 'compose.yaml');
    fs.writeFileSync(file, 'old\n');
    const open = fs.openSync(file, 'r');
    writeWholeFile(file, 'new\n', { replace: true });
    expect(fs.readFileSync(open, 'utf8')).toBe('old\n');
    fs.closeSync(open);
  });

  test('permissions of a secret file', () => {
    const file = path.join(directory, '.env');
    writeWholeFile(file, 'A=1\n', { replace: false, mode: 0o600 });
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each([['nowhere/compose.yaml'], ['.']])('%s cannot be written', (name) => {
    expect(() => {
      writeWholeFile(path.join(directory, name), 'x', { replace: true });
    }).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(fs.readdirSync(directory)).toEqual([]);
  });
});
