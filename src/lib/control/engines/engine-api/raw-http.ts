import type { Duplex } from 'node:stream';
import { DaemonError, daemonError } from './daemon-error.js';
import type { WireRequest } from './wire-request.js';

/** Status line and headers of an answer that is read without node's HTTP parser. */
export interface AnswerHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

const headLimit = 64 * 1024;
const errorLimit = 64 * 1024;
const headEnd = Buffer.from('\r\n\r\n');

/** Sends a request on a connection that serves nothing else. */
export function writeRequest(
  socket: Duplex,
  request: WireRequest,
  protocol: 'HTTP/1.0' | 'HTTP/1.1',
  headers: Readonly<Record<string, string>> = {},
): void {
  const lines = Object.entries({ ...request.headers, ...headers }).map(([name, value]) => `${name}: ${oneLine(value)}`);
  socket.write(`${[`${request.method} ${request.target} ${protocol}`, ...lines].join('\r\n')}\r\n\r\n`);
  if (request.body !== null) socket.write(request.body);
}

/**
 * Reads the head of the answer. What was read beyond it is given back to the socket, which is left paused.
 *
 * @throws whatever the socket was destroyed with; an error of code ECONNRESET where it ended too early; DaemonError for
 *   what is no HTTP.
 */
export function readHead(socket: Duplex): Promise<AnswerHead> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const settle = (action: () => void): void => {
      socket.off('readable', onReadable).off('error', onError).off('end', onEnd).off('close', onEnd);
      action();
    };
    const onReadable = (): void => {
      for (let chunk: unknown = socket.read(); Buffer.isBuffer(chunk); chunk = socket.read()) {
        read = Buffer.concat([read, chunk]);
      }
      const end = read.indexOf(headEnd);
      if (end === -1 && read.length <= headLimit) return;
      settle(() => {
        const head = end === -1 ? null : parseHead(read.toString('latin1', 0, end));
        const rest = read.subarray(end + headEnd.length);
        if (head !== null && rest.length > 0) socket.unshift(rest);
        if (head === null) reject(new DaemonError('refused', 0, 'what answers does not speak HTTP'));
        else resolve(head);
      });
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onEnd = (): void => settle(() => reject(brokenOff()));
    socket.on('readable', onReadable).once('error', onError).once('end', onEnd).once('close', onEnd);
  });
}

/** The error that an answer of 400 and above stands for, with what its body says. */
export async function readRefusal(socket: Duplex, head: AnswerHead, path: string): Promise<DaemonError> {
  const length = Number(head.headers.get('content-length') ?? Number.NaN);
  let body = Buffer.alloc(0);
  const chunked = isChunked(head);
  try {
    for await (const chunk of bytesOf(socket)) {
      body = Buffer.concat([body, chunk]);
      if (body.length >= length || body.length > errorLimit || (chunked && body.includes('\r\n0\r\n'))) break;
    }
  } catch {
    // What came before it broke off is still worth telling.
  }
  const text = chunked ? withoutChunks(body) : body;
  return daemonError(head.status, text.toString('utf8'), path);
}

/** True for a body in chunks, which the daemon does not send to HTTP/1.0; some proxy might. */
export function isChunked(head: AnswerHead): boolean {
  return /\bchunked\b/i.test(head.headers.get('transfer-encoding') ?? '');
}

/** What a stream of bytes gives, with the type that `for await` does not know. Leaving the loop destroys the stream. */
export async function* bytesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) yield chunk;
}

export function brokenOff(): Error {
  return Object.assign(new Error('the connection ended before the answer did'), { code: 'ECONNRESET' });
}

function parseHead(text: string): AnswerHead | null {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) return null;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status: Number(status), headers };
}

/** Takes a chunked body apart as far as it goes (RFC 9112, 7.1). */
function withoutChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    if (lineEnd === -1 || !(size > 0)) break;
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

/** A header cannot hold a line end: it would begin another one. */
function oneLine(value: string): string {
  return value.replace(/[\r\n]/g, ' ');
}
