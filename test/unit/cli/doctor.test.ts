import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkBuild, checkNode } from '../../../src/lib/cli/doctor/program.js';
import { leftovers, locks } from '../../../src/lib/cli/doctor/reach.js';
import { checkClock, checkTerminal } from '../../../src/lib/cli/doctor/surroundings.js';
import type { Action } from '../../../src/lib/port/actions.js';

const now = Date.parse('2026-05-01T12:00:00Z');

function action(more: Partial<Action>): Action {
  const object = { kind: 'stack', id: 's1', name: 'shop' } as const;
  const rest = { canBeCanceled: false, canBeRetried: true, user: 'ann', name: 'Stack Up' };
  const times = { startedAt: '2026-05-01T11:00:00Z', endedAt: '2026-05-01T11:01:00Z' };
  return { id: 'a1b2c3d4-0000', object, state: 'Success', reason: null, ...rest, ...times, ...more };
}

function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-doctor-'));
  onTestFinished(() => {
    fs.rmSync(folder, { recursive: true });
  });
  return folder;
}

describe('checkNode', () => {
  test.each([
    ['20.18.1', 'ok'],
    ['20.19.0', 'ok'],
    ['22.0.0', 'ok'],
    ['20.18.0', 'failed'],
    ['20.9.9', 'failed'],
    ['18.20.4', 'failed'],
  ])('%s is %s', (version, status) => {
    expect(checkNode(version)).toMatchObject({ status });
  });
});

describe('checkBuild', () => {
  test('finds a build that is not there, one that lacks a command, and one that is whole', () => {
    const root = temporaryFolder();
    const installation = { root, version: '1.2.3', fromSources: false, commandFiles: ['dist/a.cjs', 'dist/b.cjs'] };
    expect(checkBuild(installation)).toMatchObject({ status: 'failed' });
    fs.mkdirSync(path.join(root, 'dist'));
    fs.writeFileSync(path.join(root, 'dist', 'build-id'), 'abc\n');
    fs.writeFileSync(path.join(root, 'dist', 'a.cjs'), '');
    expect(checkBuild(installation)).toMatchObject({ status: 'failed', message: 'the build lacks dist/b.cjs' });
    fs.writeFileSync(path.join(root, 'dist', 'b.cjs'), '');
    expect(checkBuild(installation)).toMatchObject({ status: 'ok', message: 'berth 1.2.3, build abc, 2 commands' });
    expect(checkBuild({ ...installation, fromSources: true })).toMatchObject({ status: 'ok' });
  });
});

describe('actions', () => {
  const open = { state: 'In progress', endedAt: null } as const;
  const interrupted = { state: 'Failed', reason: 'interrupted' } as const;

  test('one that goes on holds its stack; after a quarter of an hour it is worth a look', () => {
    expect(locks([action({})], now)).toMatchObject({ status: 'ok', message: 'nothing is being changed' });
    const young = action({ ...open, startedAt: '2026-05-01T11:50:00Z' });
    expect(locks([young], now)).toMatchObject({ status: 'ok' });
    expect(locks([young, action(open)], now)).toMatchObject({ status: 'warning' });
    expect(locks([action(open)], now).hint).toContain('berth action cancel a1b2c3d4');
  });

  test('an interrupted one counts until a later one of the same object', () => {
    expect(leftovers([action(interrupted)])).toMatchObject({ status: 'warning' });
    const later = action({ id: 'later', startedAt: '2026-05-01T11:30:00Z' });
    expect(leftovers([later, action(interrupted)])).toMatchObject({ status: 'ok' });
    expect(leftovers([action(interrupted), later])).toMatchObject({ status: 'ok' });
    const other = action({ object: { kind: 'stack', id: 's2', name: 'blog' } });
    expect(leftovers([other, action(interrupted)])).toMatchObject({ status: 'warning' });
    expect(leftovers([action({ state: 'Failed', reason: 'it keeps exiting' })])).toMatchObject({ status: 'ok' });
  });
});

describe('checkTerminal', () => {
  const terminal = { isTTY: true, columns: 100, colour: true };
  const pipe = { isTTY: false, columns: 80, colour: false };

  test('a pipe needs no locale; a terminal needs UTF-8 and TERM', () => {
    expect(checkTerminal(pipe, pipe, {})).toMatchObject({ status: 'ok' });
    expect(checkTerminal(terminal, pipe, { LANG: 'en_US.UTF-8', TERM: 'xterm' })).toMatchObject({
      status: 'ok',
      message: 'stdout is a terminal of 100 columns, with colour; stderr is no terminal, without colour',
    });
    expect(checkTerminal(terminal, pipe, { LANG: 'C.UTF-8', LC_ALL: 'C', TERM: 'xterm' })).toMatchObject({
      status: 'warning',
    });
    expect(checkTerminal(pipe, terminal, { LANG: 'C.utf8' })).toMatchObject({ status: 'warning' });
  });
});

describe('checkClock', () => {
  test('a clock before the installation is wrong', () => {
    const root = temporaryFolder();
    fs.writeFileSync(path.join(root, 'package.json'), '{}');
    expect(checkClock(root, Date.now())).toMatchObject({ status: 'ok' });
    expect(checkClock(root, Date.parse('2001-01-01T00:00:00Z'))).toMatchObject({ status: 'warning' });
    expect(checkClock(path.join(root, 'gone'), now)).toMatchObject({ status: 'skipped' });
  });
});
