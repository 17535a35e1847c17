import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
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

  test.skipIf(process.platform !== 'linux')(
    'one that has ended, and that its parent has not waited for, is dead',
    async () => {
      // The shell becomes `sleep`, which never waits for the child it did not start.
      const parent = spawn('bash', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      onTestFinished(() => {
        parent.kill('SIGKILL');
      });
      const [printed]: unknown[] = await once(parent.stdout, 'data');
      const identity = { ...processes.self, pid: Number(String(printed)), startTime: '' };
      await vi.waitFor(() => {
        expect(processes.fate(identity)).toBe('dead');
      });
      expect(() => process.kill(identity.pid, 0)).not.toThrow();
    },
  );

  test('one with our pid that started at another time, or in another boot, is dead', () => {
    expect(processes.fate({ ...processes.self, startTime: '1' })).toBe(
      processes.self.startTime === '' ? 'alive' : 'dead',
    );
    expect(processes.fate({ ...processes.self, bootId: 'an earlier boot' })).toBe('dead');
  });

  test.each([
    ['another machine', { machineId: 'another' }],
    ['another machine that has booted at another time', { machineId: 'another', bootId: 'an earlier boot' }],
    ['another container of this machine', { pidNamespace: 'another' }],
    ['a boot that is not told', { bootId: '' }],
  ])('nothing is known of one of %s, whatever it is called', (_name, elsewhere) => {
    expect(processes.fate({ ...processes.self, ...elsewhere })).toBe('unknown');
    expect(processes.fate({ ...processes.self, ...elsewhere, pid: 2 ** 22 + 1 })).toBe('unknown');
    expect(sameProcess(processes.self, { ...processes.self, ...elsewhere })).toBe(false);
  });

  test('a host that got another name is the same machine', () => {
    const renamed = { ...processes.self, host: `not-${processes.self.host}` };
    expect(processes.fate(renamed)).toBe('alive');
    expect(processes.fate({ ...renamed, pid: 2 ** 22 + 1 })).toBe('dead');
    expect(sameProcess(processes.self, renamed)).toBe(true);
  });
});
