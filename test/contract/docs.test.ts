import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

const script = path.resolve(import.meta.dirname, '../../scripts/docs.mjs');

function docs(...args: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('docs/commands', () => {
  test('is what the manifest says; else run node scripts/docs.mjs', () => {
    expect(docs('--check')).toEqual({ status: 0, output: '' });
  });

  test('the check finds pages that differ, are missing, or belong to no command', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-docs-'));
    onTestFinished(() => {
      fs.rmSync(folder, { recursive: true });
    });
    expect(docs('--out', folder)).toMatchObject({ status: 0 });
    expect(docs('--check', '--out', folder)).toEqual({ status: 0, output: '' });
    fs.appendFileSync(path.join(folder, 'stack.md'), 'more\n');
    fs.rmSync(path.join(folder, 'service.md'));
    fs.writeFileSync(path.join(folder, 'gone.md'), '');
    const { status, output } = docs('--check', '--out', folder);
    expect(status).toBe(1);
    expect(output.match(/\w+\.md/g)?.sort()).toEqual(['gone.md', 'service.md', 'stack.md']);
  });
});
