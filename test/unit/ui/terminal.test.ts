import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeTerminal,
  stripAllButStyles,
  stripControl,
  stripControlLines,
  stylesFor,
} from '../../../src/lib/ui/terminal.js';

describe('describeTerminal', () => {
  const tty = { isTTY: true, columns: 120 };

  it.each([
    ['a TTY has colour', tty, {}, true],
    ['a pipe has none', {}, {}, false],
    ['NO_COLOR turns it off', tty, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR does not count', tty, { NO_COLOR: '' }, true],
    ['NO_COLOR wins over FORCE_COLOR', tty, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['FORCE_COLOR turns it on in a pipe', {}, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0 turns it off', tty, { FORCE_COLOR: '0' }, false],
    ['CLICOLOR_FORCE turns it on in a pipe', {}, { CLICOLOR_FORCE: '1' }, true],
    ['CLICOLOR_FORCE=0 does not', {}, { CLICOLOR_FORCE: '0' }, false],
    ['TERM=dumb has none', tty, { TERM: 'dumb' }, false],
  ])('%s', (_, stream, env, colour) => {
    expect(describeTerminal(stream, env).colour).toBe(colour);
  });

  it('takes --no-color before everything else', () => {
    expect(describeTerminal(tty, { FORCE_COLOR: '1' }, { noColor: true }).colour).toBe(false);
  });

  it('gives the width of a TTY, and 80 where there is none', () => {
    expect(describeTerminal(tty, {})).toEqual({ isTTY: true, columns: 120, colour: true });
    expect(describeTerminal({ isTTY: true, columns: 0 }, {}).columns).toBe(80);
    expect(describeTerminal({}, {})).toEqual({ isTTY: false, columns: 80, colour: false });
  });
});

it('styles are the identity without colour, and never wrap nothing', () => {
  expect(stylesFor({ colour: false }).red('x')).toBe('x');
  expect(stylesFor({ colour: true }).red('x')).toBe('\u001b[31mx\u001b[39m');
  expect(stylesFor({ colour: true }).red('')).toBe('');
});

describe('stripControl', () => {
  it.each([
    ['a colour', '\u001b[31mred\u001b[0m', 'red'],
    ['a window title', '\u001b]0;owned\u0007web', 'web'],
    ['a hyperlink', '\u001b]8;;http://x\u001b\\web\u001b]8;;\u001b\\', 'web'],
    ['8-bit sequences', '\u009b2Jweb\u009d0;t\u009c', 'web'],
    ['a title that never ends does not swallow the rest', '\u001b]0;web', '0;web'],
    ['cursor movement and bell', 'a\u001b[2A\rb\u0007', 'a b'],
    ['tabs and line ends are blanks', 'a\tb\r\nc\u2028d', 'a b c d'],
    ['bidi controls', 'web\u202egpj.exe\u2066', 'webgpj.exe'],
    ['a full reset', '\u001bcweb', 'web'],
  ])('%s', (_, text, expected) => {
    expect(stripControl(text)).toBe(expected);
  });

  it('leaves nothing a terminal acts on, and changes nothing the second time', () => {
    const nasty = fc.string({
      unit: fc.oneof(
        fc.constantFrom('\u001b', '[', ']', '\u0007', '\\', '\u009b', 'm', '\n', '\u202e'),
        fc.string({ unit: 'binary', maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(nasty, (text) => {
        const clean = stripControl(text);
        expect(clean).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
        expect(stripControl(clean)).toBe(clean);
      }),
    );
  });

  it('changes no text without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(stripControl(text)).toBe(text);
      }),
    );
  });

  it('keeps our own styles where asked, and nothing else', () => {
    const { red, bold } = stylesFor({ colour: true });
    const styled = `${red('a')}\n${bold('b')}`;
    expect(stripAllButStyles(styled)).toBe(styled);
    expect(stripAllButStyles(`${styled}\u001b[8m\u001b[2J\u0007c`)).toBe(`${styled}c`);
  });

  it('keeps the line ends of several lines', () => {
    expect(stripControlLines('a\u001b[1m\r\nb\tc')).toBe('a\nb c');
  });
});
