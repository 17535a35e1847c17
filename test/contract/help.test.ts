import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { topics } from '../../src/lib/cli/help-topics.js';
import { openShell } from '../e2e/support/berth.js';

const root = path.resolve(import.meta.dirname, '../..');

/** Variables in the sources that no user sets, with the reason. */
const ours: Readonly<Record<string, string>> = {
  BERTH_DISABLE_THEME: 'set for oclif while it loads, so that it reads no theme file',
  BERTH_RUNNER_LOG: 'set for the runner in the background by who starts it, to name its log',
};

describe('help topics', () => {
  test.each(topics)('$name is printed, and is listed in the root help', async ({ name, summary, text }) => {
    const shell = openShell();
    const topic = await shell.berth('help', name);
    expect(topic).toMatchObject({ stdout: text, stderr: '', exitCode: 0 });
    const rootHelp = await shell.berth('--help');
    expect(rootHelp.stdout).toContain(summary);
    expect(rootHelp.stdout).toContain(name);
  });

  test('environment names every BERTH_ variable that the sources read, and no other', () => {
    const used = new Set(sources().flatMap((text) => text.match(/\bBERTH_[A-Z_]+[A-Z]\b/g) ?? []));
    for (const name of Object.keys(ours)) used.delete(name);
    expect([...new Set(textOf('environment').match(/\bBERTH_[A-Z_]+[A-Z]\b/g))].sort()).toEqual([...used].sort());
  });

  test('exit-codes names every status that errors have, and no other', () => {
    const source = fs.readFileSync(path.join(root, 'src/lib/cli/exit-codes.ts'), 'utf8');
    const used = new Set([0, ...[...source.matchAll(/^ {2}\w+: (\d+),$/gm)].map(([, status]) => Number(status))]);
    expect(used.size).toBeGreaterThan(10);
    const named = [...textOf('exit-codes').matchAll(/^ +(\d+) {3}/gm)].map(([, status]) => Number(status));
    expect(named).toEqual([...used].sort((a, b) => a - b));
  });

  test('backends names every backend and every way to choose one', () => {
    for (const word of ['engine', 'dockercloud', 'deis', 'oracle', '--backend', 'BERTH_BACKEND', 'berth backend use']) {
      expect(textOf('backends')).toContain(word);
    }
  });
});

function textOf(name: string): string {
  return topics.find((topic) => topic.name === name)?.text ?? '';
}

/** Texts of the program's sources; what help says of them is left out. */
function sources(): readonly string[] {
  return ['src', 'bin']
    .flatMap((folder) => fs.readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name) && !/generated|help-topics/.test(entry.name))
    .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
}
