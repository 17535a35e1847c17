import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConstraint } from '../../../src/lib/control/engines/constraint.js';
import { checkVariableNames, parseLabels, parseVariables } from '../../../src/lib/cli/pairs.js';

describe('variables', () => {
  test.each([
    ['MODE=test', { MODE: 'test' }],
    ['EMPTY=', { EMPTY: '' }],
    ['URL=postgres://a:b@c/d?e=f', { URL: 'postgres://a:b@c/d?e=f' }],
    ['_x1= blanks and\nlines ', { _x1: ' blanks and\nlines ' }],
  ])('%j', (word, variables) => {
    expect(parseVariables([word])).toEqual(variables);
  });

  test.each([
    [['MODE'], '"MODE" is not KEY=VALUE'],
    [['=value'], '"" is no name of a variable'],
    [['1A=x'], '"1A" is no name of a variable'],
    [['MY-KEY=hunter2'], '"MY-KEY" is no name of a variable'],
    [['A B=hunter2'], '"A B" is no name of a variable'],
    [['A=hunter2', 'A=x'], 'A is named twice'],
  ])('%j is refused, and no value is told', (words, message) => {
    expect(() => parseVariables(words)).toThrow(expect.objectContaining({ code: 'usage', message }));
    expect(() => parseVariables(words)).not.toThrow(/hunter2/);
  });

  test('every name and value comes through, whatever objects make of the name', () => {
    const names = fc.oneof(
      fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
      fc.constantFrom('__proto__', 'constructor'),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(names, fc.string()), { selector: ([name]) => name }), (pairs) => {
        const parsed = parseVariables(pairs.map(([name, value]) => `${name}=${value}`));
        expect(Object.entries(parsed)).toEqual(expect.arrayContaining(pairs));
        expect(Object.keys(parsed)).toHaveLength(pairs.length);
      }),
    );
  });

  test('names alone are checked the same way', () => {
    expect(() => {
      checkVariableNames(['A', 'B=1']);
    }).toThrow(expect.objectContaining({ code: 'usage', message: '"B=1" is no name of a variable' }));
  });
});

describe('labels', () => {
  test('have one = each', () => {
    expect(parseLabels(['disk=ssd', 'com.example.zone_2=b-1'])).toEqual({ disk: 'ssd', 'com.example.zone_2': 'b-1' });
  });

  test.each([
    ['disk', '"disk" is not KEY=VALUE'],
    ['disk=ssd=fast', '"disk=ssd=fast" has more than one ='],
    ['a disk=ssd', '"a disk" is no key of a label'],
    ['a/b=c', '"a/b" is no key of a label'],
    ['disk!=ssd', '"disk!" is no key of a label'],
    ['=ssd', '"" is no key of a label'],
    ['disk=', '"" is no value of a label'],
    ['disk=s s', '"s s" is no value of a label'],
  ])('%s is refused', (word, message) => {
    expect(() => parseLabels([word])).toThrow(expect.objectContaining({ code: 'usage', message }));
  });

  test('what is taken can be a constraint on nodes', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'Z', '9', '.', '_', '-', '/', '=', '!', ' ') });
    fc.assert(
      fc.property(text, text, (key, value) => {
        const constraint = parseConstraint(`node.labels.${key}==${value}`);
        const parsed = labelsOf(`${key}=${value}`);
        if (parsed !== undefined) expect(constraint).toEqual({ key: `node.labels.${key}`, equal: true, value });
      }),
    );
  });
});

function labelsOf(word: string): Readonly<Record<string, string>> | undefined {
  try {
    return parseLabels([word]);
  } catch {
    return undefined;
  }
}
