import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import AppsRun from '../../../src/commands/apps/run.js';
import ContainerExec from '../../../src/commands/container/exec.js';
import Exec from '../../../src/commands/exec.js';
import { passingCommands, separatePassedWords } from '../../../src/lib/cli/passed-words.js';

function separated(line: string): string {
  return separatePassedWords(line.split(' ')).join(' ');
}

describe('separatePassedWords', () => {
  test.each([
    ['exec web ls -l', 'exec web -- ls -l'],
    ['container exec web ls --help', 'container exec web -- ls --help'],
    ['container:exec web ls --json', 'container:exec web -- ls --json'],
    ['exec -u root web id -u', 'exec -u root web -- id -u'],
    ['exec -uroot web id -u', 'exec -uroot web -- id -u'],
    ['exec --user=root web id', 'exec --user=root web -- id'],
    ['exec --user root web id', 'exec --user root web -- id'],
    ['exec -it web sh', 'exec -it web -- sh'],
    ['exec -itu root web sh', 'exec -itu root web -- sh'],
    ['exec -e A=1 -e B web env', 'exec -e A=1 -e B web -- env'],
    ['exec web -it sh -c x', 'exec web -it -- sh -c x'],
    ['--json exec web ls -- x', '--json exec web -- ls -- x'],
    ['--backend engine container exec web ls', '--backend engine container exec web -- ls'],
    ['exec web - -x', 'exec web -- - -x'],
    ['apps run -a shop ls -l', 'apps run -a shop -- ls -l'],
    ['apps run ls -l', 'apps run -- ls -l'],
  ])('%s', (line, expected) => {
    expect(separated(line)).toBe(expected);
  });

  test.each([
    'exec web',
    'exec web --json',
    'exec web -- ls -l',
    'exec -- web ls -l',
    'exec --help',
    'stack logs exec web -f',
    'up exec web -q',
    'help container exec',
    'apps ls -a x',
    'exec',
  ])('%s stays as it is', (line) => {
    expect(separated(line)).toBe(line);
  });

  test('what is behind the name is passed on, word by word', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z-]{0,5}$/), fc.array(fc.string()), (first, rest) => {
        expect(separatePassedWords(['exec', 'web', first, ...rest])).toEqual(['exec', 'web', '--', first, ...rest]);
      }),
    );
  });
});

describe('the flags of the commands that pass words on', () => {
  const commands = { exec: Exec, 'container:exec': ContainerExec, 'apps:run': AppsRun };

  test('are those of every command of the table', () => {
    expect(Object.keys(commands).sort()).toEqual([...passingCommands.keys()].sort());
  });

  test.each(Object.entries(commands))(
    '%s: one that takes a value takes the next word, another does not',
    (id, Command) => {
      const ours = Array.from({ length: passingCommands.get(id) ?? 0 }, (_, index) => `ours${index}`);
      const flags: Record<string, { readonly type: string; readonly char?: string | undefined }> = {
        ...Command.baseFlags,
        ...Command.flags,
      };
      for (const [name, flag] of Object.entries(flags)) {
        const spellings = [`--${name}`, ...(flag.char === undefined ? [] : [`-${flag.char}`])];
        for (const spelling of spellings) {
          const given = [...id.split(':'), spelling, ...(flag.type === 'option' ? ['value'] : []), ...ours];
          expect(separatePassedWords([...given, 'cmd', '-x'])).toEqual([...given, '--', 'cmd', '-x']);
        }
      }
    },
  );
});
