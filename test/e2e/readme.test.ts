import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openShell, root } from './support/berth.js';

interface Example {
  readonly command: string;
  readonly output: readonly string[];
}

/** What the README shows: commands behind `$ `, each with the lines below it. */
function examples(): readonly Example[] {
  const text = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  return [...text.matchAll(/^```\n(\$ [\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .filter((part) => part !== '')
      .map((part) => {
        const [command = '', ...output] = part.trimEnd().split('\n');
        return { command, output };
      }),
  );
}

/** Lines that say the same in every run: without ids, times, generated log text and what only a terminal shows. */
const isStable = (line: string): boolean =>
  !/[0-9a-f]{8}|\d\d:\d\d|\d ms|✔|^\.\.\.$|^(NAME|VERSION) |\bago\b/.test(line);

/** How often something was tried, and which log line came last, differs from run to run. */
const withoutNumbers = (line: string): string => line.trim().replace(/\d+/g, '#');

test('every command that the README shows prints what it shows', async () => {
  const shell = openShell({ BERTH_SANDBOX_SPEED: '10' });
  fs.symlinkSync(path.join(root, 'examples'), path.join(shell.cwd, 'examples'));
  shell.write('bad.yaml', 'services:\n  web:\n    imaeg: x\n');
  const shown = examples();
  expect(shown.length).toBeGreaterThan(8);
  let last: number | null = 0;
  for (const { command, output } of shown) {
    if (command === 'echo $?') {
      expect(String(last), 'echo $?').toBe(output[0]);
      continue;
    }
    const { stdout, stderr, exitCode } = await shell.bash(command);
    last = exitCode;
    const fails = output.some((line) => line.startsWith('Error: '));
    expect(exitCode === 0, `${command}\n${stderr}`).toBe(!fails);
    const printed = `${stdout}${stderr}`.split('\n').map(withoutNumbers);
    for (const line of output.filter(isStable).map(withoutNumbers)) expect(printed, command).toContain(line);
  }
});
