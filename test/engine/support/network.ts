import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A network of this machine and one network namespace. */
export interface Link {
  /** The address for the other side. */
  readonly address: string;
  /** The address of this machine in it. */
  readonly hostAddress: string;
  readonly prefixLength: number;
}

const links = 250;

/**
 * Joins the network namespace of a process to this machine: there it has `eth0`, without an address, and here `berthN`.
 * Both are gone as soon as the namespace is. There is no way out: who asks for a registry far away is refused at once.
 */
export async function linkNetwork(pid: number): Promise<Link> {
  for (let number = 0; number < links; number++) {
    const name = `berth${number}`;
    // A name that is taken is refused: so that of two who want one, one gets it.
    const made = await add(name, pid);
    if (!made) continue;
    const hostAddress = `10.213.${number}.1`;
    await run('ip', ['addr', 'add', `${hostAddress}/30`, 'dev', name]);
    await run('ip', ['link', 'set', name, 'up']);
    return { address: `10.213.${number}.2`, hostAddress, prefixLength: 30 };
  }
  throw new Error(`all of berth0 to berth${links - 1} are taken`);
}

async function add(name: string, pid: number): Promise<boolean> {
  try {
    await run('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)]);
    return true;
  } catch (error) {
    if (/File exists/.test(String(error))) return false;
    throw error;
  }
}
