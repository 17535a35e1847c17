import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Tells one process from every other, also from a later one that got the same pid. */
export interface ProcessIdentity {
  /** What the machine calls itself: for messages. Two may have the same name, and one may get another. */
  readonly host: string;
  /** Stays the same over boots; the name of the host where the system does not tell. */
  readonly machineId: string;
  /** Changes with every boot of the machine; empty where the system does not tell. */
  readonly bootId: string;
  /** The space in which `pid` means something: containers have their own. Empty where the system has but one. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** When the process started, in the system's own units; empty where the system does not tell. */
  readonly startTime: string;
}

/** What this host knows about processes. Passed in, so that tests can let a holder die. */
export interface Processes {
  readonly self: ProcessIdentity;
  /** `unknown` is a process that cannot be seen from here, of another machine or container: taken as alive. */
  fate(process: ProcessIdentity): 'alive' | 'dead' | 'unknown';
}

/** The processes of the host this runs on. Start times come from `/proc`, so that a reused pid is not taken for alive. */
export function hostProcesses(): Processes {
  const host = hostname();
  const self: ProcessIdentity = {
    host,
    machineId: readMachineId() ?? host,
    bootId: readText('/proc/sys/kernel/random/boot_id') ?? '',
    pidNamespace: readPidNamespace(),
    pid: process.pid,
    startTime: readStartTime(process.pid) ?? '',
  };
  return {
    self,
    fate: (other) => {
      if (other.machineId !== self.machineId) return 'unknown';
      if (other.bootId !== self.bootId) return other.bootId === '' || self.bootId === '' ? 'unknown' : 'dead';
      if (other.pidNamespace !== self.pidNamespace) return 'unknown';
      if (!isRunning(other.pid)) return 'dead';
      const startTime = readStartTime(other.pid) ?? '';
      return startTime === '' || other.startTime === '' || startTime === other.startTime ? 'alive' : 'dead';
    },
  };
}

/** True when both are the same process. */
export function sameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return (
    one.machineId === other.machineId &&
    one.bootId === other.bootId &&
    one.pidNamespace === other.pidNamespace &&
    one.pid === other.pid &&
    one.startTime === other.startTime
  );
}

/** machine-id(5): 32 hexadecimal digits; `uninitialized` or nothing before the first boot, and in images. */
function readMachineId(): string | undefined {
  return ['/etc/machine-id', '/var/lib/dbus/machine-id']
    .map(readText)
    .find((text) => /^[0-9a-f]{32}$/.test(text ?? ''));
}

/** pid_namespaces(7): `pid:[4026531836]`. */
function readPidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Field 22 of `/proc/PID/stat` (proc(5)): clock ticks from boot to the start of the process. */
function readStartTime(pid: number): string | undefined {
  return readStat(pid)?.at(19);
}

/** Fields of `/proc/PID/stat` from the third on: state, parent ... */
function readStat(pid: number): readonly string[] | undefined {
  // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** A process that has ended and that nobody has waited for yet (state Z or X) does not run. */
function isRunning(pid: number): boolean {
  if (['Z', 'X'].includes(readStat(pid)?.[0] ?? '')) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
