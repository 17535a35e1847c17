import fs from 'node:fs';
import path from 'node:path';
import { eventually } from '../../contract/harness.js';
import type { BorrowedEngine } from './engines.js';

/** Kills dockerd, which is then started again. Its containers end, as they do without `live-restore`. */
export function crash({ host }: BorrowedEngine): void {
  const root = path.join(path.dirname(new URL(host).pathname), 'data');
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [command = '', ...args] = argumentsOf(pid);
    if (path.basename(command) === 'dockerd' && args.includes(root)) process.kill(Number(pid), 'SIGKILL');
  }
}

/** Waits until it answers again. */
export async function recovered({ docker }: BorrowedEngine): Promise<void> {
  await eventually('dockerd started again', () =>
    docker('ps').then(
      () => true,
      () => undefined,
    ),
  );
}

/** None for a process that has just ended. */
function argumentsOf(pid: string): readonly string[] {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
