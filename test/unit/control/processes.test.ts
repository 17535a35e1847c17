import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { hostProcesses, sameProcess } from '../../../src/lib/control/processes.js';

describe('the processes of this host', () => {
  const processes = hostProcesses();

  test('this one is alive', () => {
    expect(processes.self.pid).toBe(process.pid);
    expect(processes.fate(processes.self)).toBe('alive');
    expect(sameProcess(processes.self, hostProcesses().self)).toBe(true);
  });

  test('one that has ended is dead', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const identity = { ...processes.self, pid: child.pid ?? 0, startTime: '' };
    expect(processes.fate(identity)).toBe('alive');
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
    expect(processes.fate(identity)).toBe('dead');
  });

  test('one with our pid that started at another time, or in another boot, is dead', () => {
    expect(processes.fate({ ...processes.self, startTime: '1' })).toBe(
      processes.self.startTime === '' ? 'alive' : 'dead',
    );
    expect(processes.fate({ ...processes.self, bootId: 'an earlier boot' })).toBe('dead');
  });

  test('nothing is known of one of another host', () => {
    expect(processes.fate({ ...processes.self, host: `not-${processes.self.host}`, pid: 1 })).toBe('unknown');
  });
});
