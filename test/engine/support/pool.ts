import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as v from 'valibot';

/** Lends things to processes of this machine, each to one at a time. */
export interface Pool {
  /** The socket that `borrow` connects to. */
  readonly path: string;
  /** Takes no more borrowers; waits until what was lent is back and tidied up. */
  close(): Promise<void>;
}

export interface Loan<T> {
  readonly item: T;
  /** Gives it back. So does the end of the process. */
  readonly release: () => void;
}

export interface PoolOptions<T> {
  /** As many as there may be. */
  readonly size: number;
  /** Makes one more: when somebody waits and none is free. */
  readonly make: () => Promise<T>;
  /** Makes one as good as new, before it is lent again. */
  readonly tidy: (item: T) => Promise<void>;
  /** What a borrower is told of it. */
  readonly describe: (item: T) => object;
}

/** Answers on a socket: a connection is a wish for one thing, and holds it until it is closed. First come, first served. */
export async function openPool<T>(first: readonly T[], options: PoolOptions<T>): Promise<Pool> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-pool-'));
  const lender = lend(first, options);
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.resume();
    lender.wish(socket);
  });
  server.listen(path.join(folder, 'socket'));
  await once(server, 'listening');
  return {
    path: path.join(folder, 'socket'),
    close: async () => {
      server.close();
      await lender.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

function lend<T>(first: readonly T[], { size, make, tidy, describe }: PoolOptions<T>) {
  const free: T[] = [...first];
  let wishes: net.Socket[] = [];
  /** What is lent, being tidied up, or made. */
  const busy = new Set<Promise<void>>();
  let making = 0;

  const lendOne = async (item: T, socket: net.Socket): Promise<void> => {
    const back = once(socket, 'close');
    socket.write(`${JSON.stringify({ item: describe(item) })}\n`);
    await back;
    try {
      await tidy(item);
      free.push(item);
    } catch {
      // One that cannot be tidied up is not lent again: another is made when somebody waits.
    }
  };
  const makeOne = async (): Promise<void> => {
    making++;
    try {
      free.push(await make());
    } catch (error) {
      wishes.shift()?.end(`${JSON.stringify({ error: String(error) })}\n`);
    } finally {
      making--;
    }
  };
  const track = (work: Promise<void>): void => {
    busy.add(work);
    void work.finally(() => {
      busy.delete(work);
      serve();
    });
  };
  function serve(): void {
    wishes = wishes.filter((socket) => !socket.destroyed);
    for (let item = free[0]; item !== undefined && wishes.length > 0; item = free[0]) {
      free.shift();
      const socket = wishes.shift();
      if (socket !== undefined) track(lendOne(item, socket));
    }
    while (wishes.length > making && busy.size + free.length < size) track(makeOne());
  }
  return {
    wish: (socket: net.Socket): void => {
      wishes.push(socket);
      serve();
    },
    close: async (): Promise<void> => {
      for (const socket of wishes.splice(0)) socket.destroy();
      while (busy.size > 0) await Promise.all(busy);
    },
  };
}

const answer = v.union([v.object({ item: v.unknown() }), v.object({ error: v.string() })]);

/** Waits for one thing of the pool. Throws when none can be made. */
export async function borrow(pool: string): Promise<Loan<unknown>> {
  const socket = net.connect(pool);
  socket.setEncoding('utf8');
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (text.endsWith('\n')) resolve(text);
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('the pool is closed'));
    });
  });
  const found = v.parse(answer, JSON.parse(line));
  if ('error' in found) throw new Error(found.error);
  return { item: found.item, release: () => socket.destroy() };
}
