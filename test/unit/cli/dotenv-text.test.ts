import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { formatDotenv, parseDotenv } from '../../../src/lib/cli/dotenv-text.js';

const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
/** Texts as an environment can hold them, with much of what is special somewhere. */
const values = fc
  .array(
    fc.oneof(fc.constantFrom(...Array.from('\\"\'$#`=: \n\r\t!{}()é☃\ue000\ue001')), fc.string({ unit: 'grapheme' })),
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));
const environments = fc.dictionary(names, values);

describe('.env text', () => {
  test.each([
    ['A=1', { A: '1' }],
    ['A=1\nB=2', { A: '1', B: '2' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['\ufeffA=1\n', { A: '1' }],
    ['# comment\n\n  \nA=1 # more\nB=2#3\n', { A: '1', B: '2#3' }],
    ['export A=1\nexport B="2"\n', { A: '1', B: '2' }],
    ['A=1\nexport A\n', { A: '1' }],
    ['A=\nB=""\nC=\'\'\n', { A: '', B: '', C: '' }],
    ['A=one\nA=two\n', { A: 'two' }],
    ['A="x y" # why\nB=\'a # b\'\n', { A: 'x y', B: 'a # b' }],
    ['A="one\ntwo"\nB=\'one\ntwo\'\n', { A: 'one\ntwo', B: 'one\ntwo' }],
    ['A="\\n\\t\\"\\\\"\n', { A: '\n\t"\\' }],
    ['A=$HOME\nB=${HOME:-x}\nC=a$$b\n', { A: '$HOME', B: '${HOME:-x}', C: 'a$$b' }],
    ['A="$HOME ${X:?no}"\nB=\'$HOME\'\n', { A: '$HOME ${X:?no}', B: '$HOME' }],
    ['A="\\$HOME"\nB=\'\\$HOME\'\nC=\\$HOME\n', { A: '$HOME', B: '\\$HOME', C: '\\$HOME' }],
    ['A="\\\\$HOME"\nB="\\\\\\$HOME"\n', { A: '\\$HOME', B: '\\$HOME' }],
    ['A=x=y:z\nB: 1\n', { A: 'x=y:z', B: '1' }],
  ])('%j', (text, variables) => {
    expect(parseDotenv(text, 'x.env')).toEqual(variables);
  });

  test.each([
    ['A=1\nB="hunter2\n', 'x.env: a quote is not closed', 2],
    ['A=1\nMY KEY=hunter2\n', 'x.env: a name cannot contain a blank', 2],
    ['A=1\nMY$KEY=hunter2\n', 'x.env: this is not KEY=VALUE', 2],
    ['A=1\n\nhunter2!\n', 'x.env: this is not KEY=VALUE', 3],
    ['my-key=hunter2\n', 'x.env: "my-key" is no name of a variable', undefined],
    ['A=1\nB\n', 'x.env: B has no value', undefined],
    ['=hunter2\n', 'x.env: "" is no name of a variable', undefined],
    ['A="\\000hunter2"\n', 'x.env: the value of A holds a NUL character', undefined],
    ['A="\\044{hunter2"\n', 'x.env: a dollar cannot be written as \\044', undefined],
  ])('%j is refused, and no value is told', (text, message, line) => {
    let thrown: unknown;
    try {
      parseDotenv(text, 'x.env');
    } catch (error) {
      thrown = error;
    }
    const place = { file: 'x.env', ...(line !== undefined && { line }) };
    expect(thrown).toMatchObject({ code: 'input', message });
    expect(thrown).toHaveProperty('position', place);
    const { hint, position, detail } = Object(thrown);
    expect(JSON.stringify({ hint, position, detail })).not.toContain('hunter2');
  });

  test('what is written is read back as it was', () => {
    fc.assert(
      fc.property(environments, (variables) => {
        expect(parseDotenv(formatDotenv(variables), 'x.env')).toEqual(variables);
      }),
      { numRuns: 2_000 },
    );
  });

  test('simple values are written as they are, and others so that a shell reads them the same', () => {
    const variables = {
      PLAIN: 'postgres://user:pass@host:5432/db',
      EMPTY: '',
      BLANKS: ' a  b ',
      DOLLAR: '$HOME `id` "x"',
      LINES: 'one\ntwo',
      QUOTE: "it's $5 \\ x",
    };
    const text = formatDotenv(variables);
    expect(text).toContain('PLAIN=postgres://user:pass@host:5432/db\nEMPTY=\n');
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-dotenv-'));
    onTestFinished(() => {
      fs.rmSync(folder, { recursive: true });
    });
    fs.writeFileSync(path.join(folder, 'x.env'), text);
    const printed = execFileSync(
      'bash',
      ['-c', `. ./x.env; for k in ${Object.keys(variables).join(' ')}; do printf '%s\\0' "\${!k}"; done`],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect(printed.split('\0').slice(0, -1)).toEqual(Object.values(variables));
  });
});
