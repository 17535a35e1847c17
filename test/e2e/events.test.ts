import { describe, expect, test } from 'vitest';
import { openShell, outcome, printed } from './support/berth.js';
import { refused } from './support/refused.js';
import { done, openShop } from './support/shop.js';
import { shown } from './support/shown.js';

interface Told {
  readonly verb: string;
  readonly object: { readonly kind: string; readonly name: string };
  readonly severity: string;
  readonly state: string | null;
}

function events(stdout: string): readonly Told[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const event: Told = JSON.parse(line);
      return event;
    });
}

describe('event', () => {
  test('tells what happened lately, a line each, and ends', async () => {
    const shell = await openShop();
    const text = await shown(shell.berth('event'));
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines)
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z {2}\S.* {2}(stack|service|container|other) \S/);
    expect(text).toMatch(/Z {2}start {2}container web-1\.shop {2}/);
    expect(lines.at(-1)).toMatch(/Z {2}action {2}Success +stack shop {2}Stack Up by tester$/);
    expect(await shown(shell.berth('event', 'ls', '--tail', '1'))).toBe(`${lines.at(-1) ?? ''}\n`);
    expect(await shell.berth('event', 'list', '--tail', '0')).toMatchObject({ stdout: '', stderr: 'No events.\n' });
  });

  test('--kind, --severity, --since, --until', async () => {
    const shell = await openShop();
    await done(shell.berth('container', 'kill', 'worker-1', '-q'));
    const actions = events(await shown(shell.berth('event', '--kind', 'action', '--json')));
    expect(actions.map(({ state }) => state)).toContain('Success');
    const containers = events(await shown(shell.berth('event', '--kind', 'container', '--tail', '3', '--json')));
    expect(containers.map(({ object }) => object.kind)).toEqual(['container', 'container', 'container']);
    expect((await shell.berth('event', '--until', '2020-01-01')).stdout).toBe('');
    const all = events(await shown(shell.berth('event', '--since', '1h', '--json')));
    expect(all.length).toBeGreaterThan(actions.length + containers.length);
    const bad = events(await shown(shell.berth('event', '--severity', 'error', '--json')));
    expect(bad).toMatchObject([
      { verb: 'die', object: { kind: 'container', name: 'worker-1.shop' }, severity: 'error' },
    ]);
  });

  test('--follow goes on with what happens, and ends when it is interrupted', async () => {
    const shell = await openShop();
    const child = shell.start('event', '--follow', '--tail', '0', '--kind', 'action', '--json');
    const ended = outcome(child);
    let heard = '';
    void printed(child, /"Success"/).then((text) => {
      heard = text;
    });
    // Something happens until it is heard: nobody tells when the other has begun to listen.
    const hasHeard = (): boolean => heard !== '';
    for (let turn = 0; !hasHeard(); turn++) {
      await done(shell.berth('config', 'set', `TURN=${turn}`, '--no-redeploy', '-q'));
    }
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ exitCode: 130 });
    expect(events(heard).every(({ object }) => object.name === 'shop')).toBe(true);
  });

  test('bad input is refused', async () => {
    const shell = openShell();
    const usage = { exitCode: 2, code: 'usage' };
    await refused(shell, ['event', '--since', 'yesterday'], {
      ...usage,
      message: '--since takes a time or an age; got "yesterday"',
    });
    await refused(shell, ['event', '--tail', '-1'], {
      ...usage,
      message: '--tail takes a whole number, 0 or more; got "-1"',
    });
    expect((await shell.berth('event', '--kind', 'thing')).exitCode).toBe(2);
    expect((await shell.berth('event', 'everything')).exitCode).toBe(2);
  });
});
