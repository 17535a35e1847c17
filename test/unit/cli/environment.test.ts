import { describe, expect, test } from 'vitest';
import { environmentBeforeNode } from '../../../src/lib/cli/environment.js';

describe('environmentBeforeNode', () => {
  const files: Readonly<Record<string, string>> = { 'a.env': 'A=one # comment\nB=two\n', 'b.env': 'A=three\n' };
  const readFile = (file: string): string | undefined => files[file];

  test.each([
    [['up', '--env-file', 'a.env'], { A: 'one', B: 'two', C: 'own' }, { C: 'own' }],
    [['up', '--env-file=a.env'], { A: 'one', B: 'mine' }, { B: 'mine' }],
    [['up', '--env-file', 'a.env', '--env-file', 'b.env'], { A: 'three', B: 'two' }, {}],
    [['up', '--env-file-if-exists=b.env'], { A: 'three' }, {}],
    [['up', '--', '--env-file', 'a.env'], { A: 'one' }, { A: 'one' }],
    [['up', '--env-file', 'gone.env'], { A: 'one' }, { A: 'one' }],
    [['up', '--env-file'], { A: 'one' }, { A: 'one' }],
    [['up'], { A: 'one' }, { A: 'one' }],
  ])('%j', (argv, env, before) => {
    expect(environmentBeforeNode(env, argv, readFile)).toEqual(before);
  });
});
