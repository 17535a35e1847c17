import { describe, expect, test } from 'vitest';
import { ComposeError } from '../../../src/lib/compose/errors.js';
import { parseSource } from '../../../src/lib/compose/parse.js';
import { Source } from '../../../src/lib/compose/source.js';
import type { Tree } from '../../../src/lib/compose/tree.js';

function parse(text: string): readonly Tree[] {
  return parseSource(new Source('compose.yaml', text)).map(({ tree }) => tree);
}

function failure(text: string): ComposeError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ComposeError) return error;
    throw error;
  }
  throw new Error('it was expected to fail');
}

test.each<[string, unknown]>([
  ['017', 15],
  ['0o17', 15],
  ['0x1F', 31],
  ['-0x10', -16],
  ['0b11', 3],
  ['1_000', 1000],
  ['+5', 5],
  ['08', 8],
  ['18446744073709551615', '18446744073709551615'],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['yes', 'yes'],
  ['no', 'no'],
  ['on', 'on'],
  ['True', true],
  ['22:22', '22:22'],
  ['2001-12-14', '2001-12-14'],
  ['~', null],
  ['Null', null],
  ['!!str 12', '12'],
  ['!!binary aGVsbG8=', 'hello'],
  ['!custom text', 'text'],
])('the scalar %s', (text, value) => {
  expect(parse(`key: ${text}`)).toEqual([{ key: value }]);
});

test('floats become the text Go prints where a text is wanted', () => {
  const [tree] = parse('environment: {A: 1.0, B: 1000000.0, C: 1e3, D: 1000000}');
  expect(tree).toEqual({ environment: { A: '1', B: '1e+06', C: '1000', D: 1000000 } });
});

test('merge keys: own keys win wherever the merge stands, earlier maps of a list win', () => {
  const [tree] = parse('a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {z: 3, <<: [*a, *b]}\nd: {<<: *a, x: 4}');
  expect(tree).toEqual({ a: { x: 1, y: 1 }, b: { y: 2, z: 2 }, c: { z: 3, x: 1, y: 1 }, d: { x: 4, y: 1 } });
});

test('an anchor may be redefined; an alias means the latest before it', () => {
  const [tree] = parse('a: &x 1\nb: *x\nc: &x 2\nd: *x\n');
  expect(tree).toEqual({ a: 1, b: 1, c: 2, d: 2 });
});

test('documents, a mark and other line ends, an empty file', () => {
  expect(parse('\uFEFFa: 1\r\n---\r\na: 2\r\n...\n')).toEqual([{ a: 1 }, { a: 2 }]);
  expect(parse('# only a comment\n')).toEqual([]);
  expect(parse('')).toEqual([]);
});

test('names of object internals are only names', () => {
  const [tree] = parse('__proto__: {a: 1}\nconstructor: 2\n');
  expect(Object.keys(tree ?? {})).toEqual(['__proto__', 'constructor']);
  expect({}).not.toHaveProperty('a');
});

test('!reset drops the key and notes the path, through aliases and merge keys too', () => {
  const source = new Source('compose.yaml', 'x: &x {a: !reset null, b: 1}\ny: {<<: *x, c: !override [1]}\n');
  const [document] = parseSource(source);
  expect(document?.tree).toEqual({ x: { b: 1 }, y: { b: 1, c: [1] } });
  expect(document?.tagged).toEqual([
    { kind: 'reset', path: ['x', 'a'] },
    { kind: 'override', path: ['y', 'c'] },
    { kind: 'reset', path: ['y', 'a'] },
  ]);
});

test('300 uses of one anchor are fine', () => {
  const [tree] = parse(`a: &a {k: v}\n${Array.from({ length: 300 }, (_, index) => `k${index}: *a`).join('\n')}\n`);
  expect(Object.keys(tree ?? {})).toHaveLength(301);
});

describe('errors', () => {
  test.each([
    ['a: 1\nb: 2\na: 3\n', 'mapping key "a" already defined at line 1', 3, 1],
    ['a: {b: 1, b: 2}', 'mapping key "b" already defined at line 1', 1, 11],
    ['a: &a {}\nb:\n  <<: *a\n  <<: *a\n', 'mapping key "<<" already defined at line 3', 4, 3],
    ['a: {1: x}', 'non-string key in a: 1', 1, 5],
    ['~: x', 'non-string key at top level: <nil>', 1, 1],
    ['a: *nope', "unknown anchor 'nope' referenced", 1, 4],
    ['a: &a\n  b: *a\n', 'cycle detected: node at path a.b', 2, 6],
    ['a: &s text\nb: {<<: *s}', 'map merge requires map or sequence of maps', 2, 9],
    ['- a', 'top-level object must be a mapping', 1, 1],
    ['a: [1, 2\n', 'yaml: line 1:', 1, 8],
    ['a:\n  b: 1\n c: 2\n', 'yaml: line 3:', 3, 1],
    ['a:\n\tb: 1\n', 'yaml: line 2: tabs are not allowed', 2, 1],
  ])('%j', (text, message, line, column) => {
    const error = failure(text);
    expect(error.message).toContain(message);
    expect(error.position).toMatchObject({ file: 'compose.yaml', line, column });
    expect(error.position?.excerpt).toBe(text.split('\n')[line - 1]);
  });

  test('an alias bomb is refused before it grows', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const alias = level === 0 ? 'x' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array(9).fill(alias).join(', ')}]`;
    });
    expect(failure(levels.join('\n')).message).toContain('excessive aliasing');
  });

  test('nesting without end is refused instead of overflowing the stack', () => {
    expect(failure(`a: ${'['.repeat(200)}${']'.repeat(200)}`).message).toContain('nested too deeply');
    expect(failure(`a: ${'['.repeat(50_000)}`).message).toContain('nested too deeply');
  });
});
