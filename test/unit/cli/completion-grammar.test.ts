import { describe, expect, test } from 'vitest';
import { sourceOf } from '../../../src/lib/cli/completion/grammar.js';
import { bashReply, fishReply, powershellReply, zshReply } from '../../../src/lib/cli/completion/reply.js';
import { completionScript } from '../../../src/lib/cli/completion/scripts.js';
import { shells } from '../../../src/lib/cli/completion/shells.js';
import { readBashLine } from '../../../src/lib/cli/completion/bash-line.js';
import { commandClasses } from '../../contract/support/command-classes.js';

const commands = await commandClasses();

/** Arguments that name nothing there is: what they are is up to the user. */
const free = new Set([
  'apps:create.name',
  'apps:run.command',
  'completion:words.word',
  'compose:config.service',
  'config:set.variable',
  'container:exec.command',
  'exec.command',
  'help.subject',
  'image:pull.image',
  'stack:adopt.name',
  'tags:set.label',
  'tags:unset.key',
]);

describe('the table of arguments', () => {
  const known = commands.flatMap(({ id, Command }) =>
    Object.entries(Command.args).map(([name, arg]) => ({ id, name, hasChoices: arg.options !== undefined })),
  );

  test('knows every argument of every command', () => {
    const unknown = known
      .filter(({ id, name, hasChoices }) => !hasChoices && sourceOf(id, 'argument', name) === 'nothing')
      .map(({ id, name }) => `${id}.${name}`);
    expect(unknown.sort()).toEqual([...free].sort());
  });
});

describe('answers', () => {
  const candidates = [
    { word: 'my stack', description: 'Running' },
    { word: 'a:b\\c', description: 'x: y' },
    { word: 'plain', description: '' },
  ];
  const offer = { kind: 'words', candidates } as const;

  test('bash gets what it lacks of the words that begin alike, quoted', () => {
    const line = (typed: string) => readBashLine(typed, ' \t\n"\'><=;|&(:');
    expect(bashReply(offer, line('berth x m'))).toBe('words\nmy\\ stack\n');
    expect(bashReply(offer, line('berth x "m'))).toBe('words\nmy stack\n');
    expect(bashReply(offer, line('berth x a:'))).toBe('words\nb\\\\c\n');
    expect(bashReply(offer, line('berth x q'))).toBe('words\n');
  });

  test('zsh gets colons escaped, fish and PowerShell tabs', () => {
    expect(zshReply(offer)).toBe('words\nmy stack:Running\na\\:b\\\\c:x: y\nplain\n');
    expect(fishReply(offer)).toBe('words\nmy stack\tRunning\na:b\\c\tx: y\nplain\t\n');
    expect(powershellReply(offer, 'MY')).toBe('words\nmy stack\tRunning\n');
  });

  test('no blank comes after words that are to go on', () => {
    const partial = { kind: 'words', candidates: [{ word: 'web=', description: '' }] } as const;
    expect(bashReply(partial, readBashLine('berth x w', ''))).toBe('partial\nweb=\n');
    expect(zshReply(partial)).toBe('partial\nweb=\n');
  });

  test('files are left to the shell', () => {
    const files = { kind: 'files', prefix: '--file=' } as const;
    expect([bashReply(files, readBashLine('berth', '')), zshReply(files), fishReply(files)]).toEqual(
      Array(3).fill('files\n'),
    );
    expect(powershellReply(files, '')).toBe('files\n');
  });
});

describe('the scripts', () => {
  test.each(shells)('that of %s asks for its own shell, and hides errors', (shell) => {
    const script = completionScript(shell);
    expect(script).toContain(`berth completion words --shell ${shell} `);
    expect(script).toMatch(shell === 'powershell' ? /2>\$null/ : /<\/dev\/null 2>\/dev\/null/);
    expect(script.endsWith('\n')).toBe(true);
  });

  test('that of PowerShell registers itself, never passes an empty argument, and closes what it opens', () => {
    const script = completionScript('powershell');
    expect(script).toContain('Register-ArgumentCompleter -Native -CommandName berth');
    expect(script).toContain('"--current=$current" -- @words');
    expect(script).toContain('[System.Management.Automation.CompletionResult]::new(');
    for (const [open, close] of ['{}', '()', '[]']) {
      const count = (character = '') => script.split(character).length;
      expect(count(open), open).toBe(count(close));
    }
  });
});
