import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';

/** A request as the fake daemon saw it. */
export interface FakeRequest {
  readonly method: string;
  /** Without version and query, decoded. */
  readonly path: string;
  /** What the `:name` parts of the route matched. */
  readonly parameters: Readonly<Record<string, string>>;
  /** `1.41`, or null for a path without one. */
  readonly version: string | null;
  /** `1.0` where it was asked for without chunks. */
  readonly httpVersion: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body, parsed. */
  json(): unknown;
}

type Chunks = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

interface Head {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export type FakeAnswer =
  | (Head & { readonly json: unknown })
  | (Head & { readonly text: string })
  /** One HTTP chunk a piece, as the daemon sends output; ends when the pieces end. */
  | (Head & { readonly stream: Chunks })
  /** The connection becomes the session: 101, or 200 where a test says so. */
  | (Head & { readonly upgrade: (socket: Duplex) => void | Promise<void> })
  /** The connection is closed without an answer. */
  | { readonly drop: true };

export type FakeRoute = (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;

export interface FakeDaemonOptions {
  /** What it offers, `1.41` unless said. Requests for a newer one are refused, as the daemon does. */
  readonly apiVersion?: string;
  /** The oldest it takes, `1.12` unless said. */
  readonly minVersion?: string;
  /** By method and path: `GET /containers/:id/json`. A `:name` matches what it can, slashes too. First match wins. */
  readonly routes?: Readonly<Record<string, FakeRoute>>;
  /** Where it listens: a socket in a temporary folder unless said; `tcp` is a free port of 127.0.0.1. */
  readonly listen?: 'unix' | 'tcp';
  readonly tls?: TlsOptions;
}

export interface FakeDaemon {
  /** As DOCKER_HOST writes it. */
  readonly url: string;
  /** Of a unix socket; empty for tcp. */
  readonly socketPath: string;
  readonly port: number;
  /** In the order in which they came, `/_ping` too. */
  readonly requests: readonly FakeRequest[];
  /** How many connections there have been. */
  connections(): number;
  /** Connections that are open now. */
  open(): number;
  /** Throws when a route was never asked for, or something was asked for that has no route. */
  expectAllUsed(): void;
  /** Closes every connection that is open; it goes on listening. */
  dropConnections(): void;
  stop(): Promise<void>;
}

/**
 * An Engine API of any version over a real socket. It knows `/_ping` and versions; everything else is routes.
 *
 * `stop` it at the end of the test (`onTestFinished`).
 */
export async function startFakeDaemon(options: FakeDaemonOptions = {}): Promise<FakeDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'berth-engine-'));
  const socketPath = options.listen === 'tcp' ? '' : join(folder, 'docker.sock');
  const router = new Router(options);
  const server = options.tls === undefined ? createServer() : createTlsServer({ ...options.tls, allowHalfOpen: true });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void router.answer(request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    void router.upgrade(request, socket, head);
  });
  const sockets = new Set<Duplex>();
  let connections = 0;
  server.on('connection', (socket: Duplex) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    if (socketPath === '') server.listen(0, '127.0.0.1', resolve);
    else server.listen(socketPath, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: socketPath === '' ? `tcp://127.0.0.1:${port}` : `unix://${socketPath}`,
    socketPath,
    port,
    requests: router.requests,
    connections: () => connections,
    open: () => sockets.size,
    expectAllUsed: () => router.expectAllUsed(),
    dropConnections,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      dropConnections();
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One frame of a multiplexed stream. */
export function frame(stream: 0 | 1 | 2 | 3, data: string | Uint8Array): Buffer {
  const payload = Buffer.from(data);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/**
 * The head that a daemon of that version gives to the output of logs or attach (Engine API changes of 1.42): before, logs
 * had no Content-Type at all, and exec and attach said `raw-stream` for frames too.
 */
export function outputHeaders(apiVersion: string, tty: boolean, of: 'logs' | 'session'): Record<string, string> {
  if (minor(apiVersion) < 42) {
    return of === 'logs' ? {} : { 'Content-Type': 'application/vnd.docker.raw-stream' };
  }
  return { 'Content-Type': `application/vnd.docker.${tty ? 'raw' : 'multiplexed'}-stream` };
}

/** How a daemon of that version tells that the registry refused: 500 before 1.44, the registry's own status since. */
export function registryRefusal(apiVersion: string, kind: 'credentials' | 'tag'): FakeAnswer {
  const [status, message] =
    kind === 'credentials'
      ? [401, 'Head "https://registry.example/v2/web/manifests/1": no basic auth credentials']
      : [404, 'manifest for registry.example/web:1 not found: manifest unknown: manifest unknown'];
  return { status: minor(apiVersion) < 44 ? 500 : status, json: { message } };
}

/** A line of progress that tells an error; from 1.48 on without `error`, which is deprecated there. */
export function progressFailure(apiVersion: string, message: string): string {
  const line = { errorDetail: { message }, ...(minor(apiVersion) < 48 && { error: message }) };
  return `${JSON.stringify(line)}\r\n`;
}

class Router {
  readonly requests: FakeRequest[] = [];
  readonly #routes: readonly { readonly key: string; readonly pattern: RegExp; readonly route: FakeRoute }[];
  readonly #used = new Set<string>();
  readonly #strays: string[] = [];
  readonly #apiVersion: string;
  readonly #minVersion: string;

  constructor({ apiVersion = '1.41', minVersion = '1.12', routes = {} }: FakeDaemonOptions) {
    this.#apiVersion = apiVersion;
    this.#minVersion = minVersion;
    this.#routes = Object.entries(routes).map(([key, route]) => ({ key, route, pattern: patternOf(key) }));
  }

  expectAllUsed(): void {
    const unused = this.#routes.filter(({ key }) => !this.#used.has(key)).map(({ key }) => key);
    const told = [
      ...(unused.length > 0 ? [`never asked for: ${unused.join(', ')}`] : []),
      ...(this.#strays.length > 0 ? [`without a route: ${this.#strays.join(', ')}`] : []),
    ];
    if (told.length > 0) throw new Error(told.join('; '));
  }

  async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    } catch {
      return;
    }
    const answer = await this.#answerTo(incoming, Buffer.concat(chunks));
    if ('drop' in answer || 'upgrade' in answer) {
      incoming.socket.destroy();
      return;
    }
    const { status = 200, headers = {} } = answer;
    if ('stream' in answer) {
      response.writeHead(status, headers);
      response.flushHeaders();
      for await (const piece of answer.stream) {
        if (response.destroyed) return;
        if (!response.write(piece)) await drained(response);
      }
      response.end();
      return;
    }
    const [type, text] =
      'text' in answer ? ['text/plain', answer.text] : ['application/json', JSON.stringify(answer.json)];
    const bodiless = status === 204 || status === 304;
    response.writeHead(status, { ...(bodiless ? {} : { 'Content-Type': type }), ...headers });
    response.end(bodiless || incoming.method === 'HEAD' ? undefined : text);
  }

  /** Node leaves the body of such a request to us. */
  async upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    let read = head;
    const length = Number(incoming.headers['content-length'] ?? 0);
    while (read.length < length) {
      await new Promise((resolve) => socket.once('readable', resolve));
      const chunk: unknown = socket.read();
      if (Buffer.isBuffer(chunk)) read = Buffer.concat([read, chunk]);
      else if (socket.destroyed || socket.readableEnded) return;
    }
    if (read.length > length) socket.unshift(read.subarray(length));
    const answer = await this.#answerTo(incoming, read.subarray(0, length));
    if ('upgrade' in answer) {
      const { status = 101, headers = {} } = answer;
      const upgraded = status === 101 ? { Connection: 'Upgrade', Upgrade: 'tcp' } : {};
      socket.write(headOf(status, { ...headers, ...upgraded }));
      await answer.upgrade(socket);
    } else if ('json' in answer || 'text' in answer) {
      const body = 'text' in answer ? answer.text : JSON.stringify(answer.json);
      const headers = { ...answer.headers, 'Content-Length': String(Buffer.byteLength(body)) };
      socket.write(`${headOf(answer.status ?? 200, headers)}${body}`);
    } else {
      socket.destroy();
    }
  }

  async #answerTo(incoming: IncomingMessage, body: Buffer): Promise<FakeAnswer> {
    const url = new URL(incoming.url ?? '/', 'http://docker');
    const [, version, path = '/'] = /^(?:\/v(\d+\.\d+))?(\/.*)$/.exec(url.pathname) ?? [];
    const key = `${incoming.method ?? ''} ${decodeURIComponent(path)}`;
    const found = this.#routes.find(({ pattern }) => pattern.test(key));
    const request: FakeRequest = {
      method: incoming.method ?? '',
      path: decodeURIComponent(path),
      parameters: { ...found?.pattern.exec(key)?.groups },
      version: version ?? null,
      httpVersion: incoming.httpVersion,
      query: url.searchParams,
      headers: incoming.headers,
      body,
      json: () => parse(body),
    };
    this.requests.push(request);
    if (version !== undefined && minor(version) > minor(this.#apiVersion)) {
      const message = `client version ${version} is too new. Maximum supported API version is ${this.#apiVersion}`;
      return { status: 400, json: { message } };
    }
    if (version !== undefined && minor(version) < minor(this.#minVersion)) {
      return {
        status: 400,
        text: `client version ${version} is too old. Minimum supported API version is ${this.#minVersion}\n`,
      };
    }
    if (found !== undefined) {
      this.#used.add(found.key);
      return found.route(request);
    }
    if (path === '/_ping') return { text: 'OK', headers: { 'Api-Version': this.#apiVersion, Ostype: 'linux' } };
    this.#strays.push(key);
    return { status: 404, json: { message: 'page not found' } };
  }
}

function parse(body: Buffer): unknown {
  const value: unknown = JSON.parse(body.toString('utf8'));
  return value;
}

/** Until more can be written, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}

function patternOf(key: string): RegExp {
  const escaped = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:(\w+)/g, '(?<$1>.+?)')}$`);
}

function headOf(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`;
}

function minor(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}
