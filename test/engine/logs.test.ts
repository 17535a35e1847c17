import { describe, expect, test } from 'vitest';
import { outcome, printed } from '../e2e/support/berth.js';
import { engineImages } from './support/images.js';
import { engineShell } from './support/shell.js';

describe('logs', () => {
  test('come whole, in order, in any length and script, and in parts', async (context) => {
    const shell = await engineShell(context);
    shell.write(
      'compose.yaml',
      `
name: words
services:
  many: { image: '${engineImages.steady}', command: [sh, -c, 'seq 200000; exec work'] }
  odd:
    image: ${engineImages.steady}
    command:
      - sh
      - -c
      - |
        head -c 40000 /dev/zero | tr '\\0' x; echo
        echo 'grün 船 🚢'
        exec sleep 600
  screen: { image: '${engineImages.steady}', tty: true, command: [sh, -c, 'echo one; echo two; exec sleep 600'] }
`,
    );
    await shell.ok('up');
    const follow = shell.start('service', 'logs', '--follow', 'many');
    const whole = outcome(follow);
    await printed(follow, /200000\n/);
    follow.kill('SIGINT');
    const lines = (await whole).stdout.split('\n').filter((line) => /\b\d+$/.test(line) && !line.includes('work'));
    const numbers = lines.map((line) => Number(/(\d+)$/.exec(line)?.[1])).slice(0, 200_000);
    expect(numbers.length).toBe(200_000);
    expect(numbers.findIndex((number, index) => number !== index + 1)).toBe(-1);

    const odd = await shell.ok('container', 'logs', 'odd-1');
    expect(/x{1000,}/.exec(odd)?.[0].length).toBe(40_000);
    expect(odd).toContain('grün 船 🚢');
    expect(
      (await shell.ok('service', 'logs', 'screen'))
        .trim()
        .split('\n')
        .map((line) => line.slice(-3)),
    ).toEqual(['one', 'two']);
    expect((await shell.ok('container', 'logs', 'screen-1', '--tail', '1')).trim()).toMatch(/two$/);
    expect((await shell.ok('stack', 'logs', 'words', '--until', '2020-01-01')).trim()).toBe('');
    expect((await shell.ok('service', 'logs', 'screen', '--since', '1h')).trim().split('\n').length).toBe(2);
  });

  test('are followed over restarts and replacements; events tell of them', async (context) => {
    const shell = await engineShell(context);
    const file = (word: string): string =>
      `name: talk\nservices: { web: { image: '${engineImages.steady}', environment: { WORD: ${word} }, ` +
      `command: [sh, -c, 'echo "says $$WORD"; exec work'] } }\n`;
    shell.write('compose.yaml', file('first'));
    await shell.ok('up');
    const follow = shell.start('stack', 'logs', '--follow', 'talk');
    const ended = outcome(follow);
    await printed(follow, /says first/);
    const events = shell.start('event', '--follow', '--json');
    const told = outcome(events);
    const restarted = printed(follow, /says first/);
    await shell.ok('container', 'restart', 'web-1');
    await restarted;
    const replaced = printed(follow, /says second/);
    shell.write('compose.yaml', file('second'));
    await shell.ok('up');
    await replaced;
    follow.kill('SIGINT');
    expect((await ended).stdout.match(/says first/g)).toHaveLength(2);
    events.kill('SIGINT');
    const kinds = (await told).stdout.trim().split('\n');
    expect(kinds.length).toBeGreaterThan(3);
    const since = await shell.ok('event', '--since', '10m', '--json');
    expect(since.trim().split('\n').length).toBeGreaterThanOrEqual(kinds.length);
  });
});
