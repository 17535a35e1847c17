import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWriteStream, existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sink } from '../../../src/lib/ui/sink.js';

const big = 'x'.repeat(1_000_000);

describe('back-pressure', () => {
  let folder: string;
  let near: Socket;
  let far: Socket;
  let close: () => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-sink-'));
    const server = createServer({ pauseOnConnect: true }).listen(join(folder, 's'));
    await once(server, 'listening');
    near = connect(join(folder, 's'));
    const [accepted]: Socket[] = await once(server, 'connection');
    if (accepted === undefined) throw new Error('no connection');
    far = accepted;
    close = () => {
      server.close();
    };
  });

  afterEach(async () => {
    near.destroy();
    far.destroy();
    close();
    await rm(folder, { recursive: true });
  });

  it('lets a slow reader hold the writer, and flush waits for the operating system', async () => {
    const sink = new Sink(near);
    const settled: string[] = [];
    const write = sink.write(big).then(() => settled.push('written'));
    const flush = sink.flush().then(() => settled.push('flushed'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toEqual([]);

    let received = 0;
    far.on('data', (chunk) => (received += chunk.length));
    far.resume();
    await Promise.all([write, flush]);
    near.end();
    await once(far, 'end');
    expect(settled.toSorted()).toEqual(['flushed', 'written']);
    expect(received).toBe(big.length);
  });

  it('ends quietly when the reader goes away, and wakes who waits', async () => {
    const sink = new Sink(near);
    const closed = new Promise<void>((resolve) => {
      sink.onClose(resolve);
    });
    const write = sink.write(big);
    far.destroy();
    await Promise.all([write, closed, sink.flush()]);
    expect(sink.closed).toBe(true);
    await sink.write('more');
    await sink.flush();
    let late = false;
    sink.onClose(() => (late = true));
    expect(late).toBe(true);
  });
});

it('ends quietly on the broken pipe of a child process', async () => {
  const child = spawn('head', ['-1'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const sink = new Sink(child.stdin);
  const output = child.stdout.setEncoding('utf8').toArray();
  while (!sink.closed) await sink.write(`line\n${big}`);
  await sink.flush();
  expect((await output).join('')).toBe('line\n');
});

it('writes nothing to a stream that was destroyed before', async () => {
  const stream = new PassThrough();
  stream.destroy();
  const sink = new Sink(stream);
  await sink.write('text');
  await sink.flush();
  expect(sink.closed).toBe(true);
});

it.skipIf(!existsSync('/dev/full'))('says so when the disk is full', async () => {
  const sink = new Sink(createWriteStream('/dev/full'));
  const result = sink.write('text').then(() => sink.flush());
  await expect(result).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringMatching(/^cannot write the output: ENOSPC/),
  });
  await expect(sink.write('more')).rejects.toMatchObject({ code: 'internal' });
});
