/**
 * Run on a terminal by exec-session.test.ts: attaches to a command that tells the keys it gets, and ends with 7 at Ctrl-D
 * or `q`. SIGTERM stops it as it stops berth.
 */
import { PassThrough } from 'node:stream';
import type { ExecSession } from '../../../src/lib/port/containers.js';
import { attach } from '../../../src/lib/ui/exec-session.js';
import { Sink } from '../../../src/lib/ui/sink.js';

function keyTeller(signal: AbortSignal): ExecSession {
  const output = new PassThrough();
  const keys: string[] = [];
  let exit: (code: number) => void = () => undefined;
  const exitCode = new Promise<number>((resolve) => (exit = resolve));
  signal.addEventListener('abort', () => output.destroy());
  return {
    output: (async function* () {
      for await (const chunk of output) yield { stream: 'stdout' as const, data: Buffer.from(String(chunk)) };
    })(),
    write: async (data) => {
      for (const key of data) {
        keys.push(key.toString(16).padStart(2, '0'));
        if (key !== 0x04 && key !== 0x71) continue;
        output.end(`got ${keys.join()} then exit 7\r\n`);
        exit(7);
      }
    },
    end: async () => undefined,
    resize: async (columns, rows) => {
      output.write(`ready ${columns}x${rows} pid ${process.pid}.\r\n`);
    },
    exitCode,
  };
}

async function main(): Promise<number> {
  const stop = new AbortController();
  process.once('SIGTERM', () => {
    stop.abort(new Error('interrupted by SIGTERM'));
  });
  const attached = attach(keyTeller(stop.signal), {
    stdin: process.stdin,
    stdout: new Sink(process.stdout),
    stderr: new Sink(process.stderr),
    interactive: true,
    tty: true,
    json: false,
    signal: stop.signal,
  });
  const exitCode = await attached.finally(() => {
    process.stderr.write(`raw ${process.stdin.isRaw}\r\n`);
  });
  return exitCode ?? 0;
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 130;
  },
);
