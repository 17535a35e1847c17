import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findVariables,
  InvalidTemplateError,
  MissingVariableError,
  substitute,
  type ComposeVariable,
} from '../../../src/lib/compose/template.js';

const variables = new Map([
  ['A', 'one'],
  ['B', 'two'],
  ['EMPTY', ''],
  ['DOLLAR', '$A'],
]);
const lookup = (name: string): string | undefined => variables.get(name);

describe('substitute', () => {
  test.each([
    ['$A-${B}', 'one-two'],
    ['${NO:-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${NO-d}', 'd'],
    ['${A:+alt}', 'alt'],
    ['${EMPTY:+alt}', ''],
    ['${EMPTY+alt}', 'alt'],
    ['${A:?m}', 'one'],
    ['${EMPTY?m}', ''],
    ['${NO:-pre-${NO:-$A}-post}', 'pre-one-post'],
    ['${NO:-a?b}', 'a?b'],
    ['${NO-:-x}', ':-x'],
    ['${NO:-{"a":1}}', '{"a":1}'],
    ['${NO:-a}b}', 'ab}'],
    ['$$A', '$A'],
    ['$$$A', '$one'],
    ['$1 $. $', '$1 $. $'],
    ['${DOLLAR}', '$A'],
    ['${A:-${NO:?not looked at}}', 'one'],
  ])('%s is %s', (text, expected) => {
    expect(substitute(text, lookup)).toBe(expected);
  });

  test.each(['${', 'a${A', '${}', '${ A}', '${A }', '${1A}', '${A!x}', '${A/x/y}'])('%s is invalid', (text) => {
    expect(() => substitute(text, lookup)).toThrow(InvalidTemplateError);
  });

  test('a required variable without a value fails with its own message', () => {
    expect(() => substitute('${NO:?ask $A}', lookup)).toThrow(new MissingVariableError('NO', 'ask one'));
    expect(() => substitute('${EMPTY:?}', lookup)).toThrow('required variable EMPTY is missing a value');
  });

  test('tells of each unset variable, not of those with an operator', () => {
    const unset: string[] = [];
    substitute('$NO ${NO2-} ${NO3}', lookup, (name) => unset.push(name));
    expect(unset).toEqual(['NO', 'NO3']);
  });

  test('a text nested without end is refused instead of overflowing the stack', () => {
    const depth = 20_000;
    expect(() => substitute('${NO:-'.repeat(depth) + '}'.repeat(depth), lookup)).toThrow(InvalidTemplateError);
  });

  test('a text without a dollar is itself', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('$'));
        expect(substitute(text, lookup)).toBe(text);
      }),
    );
  });

  test('a text with every dollar doubled is the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ':', '-', ' ') }), (text) => {
        expect(substitute(text.replaceAll('$', '$$$$'), lookup)).toBe(text);
      }),
    );
  });
});

describe('findVariables', () => {
  test('finds nested ones with default, alternate and required', () => {
    const found: ComposeVariable[] = [];
    findVariables('${A:-${B+x}} $C ${D:?m} $$E', (variable) => found.push(variable));
    expect(found).toEqual([
      { name: 'A', defaultValue: '${B+x}', alternateValue: null, required: false },
      { name: 'B', defaultValue: null, alternateValue: 'x', required: false },
      { name: 'C', defaultValue: null, alternateValue: null, required: false },
      { name: 'D', defaultValue: null, alternateValue: null, required: true },
    ]);
  });
});
