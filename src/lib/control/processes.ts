import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Tells one process from every other, also from a later one that got the same pid. */
export interface ProcessIdentity {
  readonly host: string;
  /** Changes with every boot of the host; empty where the system does not tell. */
  readonly bootId: string;
  readonly pid: number;
  /** When the process started, in the system's own units; empty where the system does not tell. */
  readonly startTime: string;
}

/** What this host knows about processes. Passed in, so that tests can let a holder die. */
export interface Processes {
  readonly self: ProcessIdentity;
  /** `unknown` is a process of another host: it must be taken as alive. */
  fate(process: ProcessIdentity): 'alive' | 'dead' | 'unknown';
}

/** The processes of the host this runs on. Start times come from `/proc`, so that a reused pid is not taken for alive. */
export function hostProcesses(): Processes {
  const self: ProcessIdentity = {
    host: hostname(),
    bootId: readBootId(),
    pid: process.pid,
    startTime: readStartTime(process.pid) ?? '',
  };
  return {
    self,
    fate: (other) => {
      if (other.host !== self.host) return 'unknown';
      if (other.bootId !== self.bootId) return 'dead';
      if (!isRunning(other.pid)) return 'dead';
      const startTime = readStartTime(other.pid) ?? '';
      return startTime === '' || other.startTime === '' || startTime === other.startTime ? 'alive' : 'dead';
    },
  };
}

/** True when both are the same process. */
export function sameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return (
    one.host === other.host && one.bootId === other.bootId && one.pid === other.pid && one.startTime === other.startTime
  );
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** Field 22 of `/proc/PID/stat` (proc(5)): clock ticks from boot to the start of the process. */
function readStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
