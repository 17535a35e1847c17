import { Agent, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { UnreachableError } from '../../../port/errors.js';
import type { ApiAnswer, ApiCall, EngineApi, OutputChunk } from './api.js';
import { type Connector, openConnector } from './connect.js';
import { DaemonClock } from './daemon-clock.js';
import { daemonError } from './daemon-error.js';
import type { Environment } from './docker-config-file.js';
import type { Endpoint } from './endpoint.js';
import { exchange } from './exchange.js';
import { openSession } from './hijack.js';
import { readJsonLines } from './json-lines.js';
import { readOutput } from './output.js';
import { brokenOff, bytesOf } from './raw-http.js';
import { Slots } from './slots.js';
import { ConnectTimeout, describeEndpoint, unreachable } from './unreachable.js';
import { chooseVersion, type ApiVersion, fixedVersion } from './version.js';
import { wireRequest } from './wire-request.js';

export interface OpenEngineApi {
  readonly endpoint: Endpoint;
  /** DOCKER_API_VERSION, and what `ssh` wants to see. */
  readonly env?: Environment;
  /** How long connecting may take: 10 s unless said, 30 s over ssh. The first answer may take half as long again. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** How long the first answer may take with connecting, as a multiple of what connecting may. */
const firstAnswer = 1.5;

/**
 * Connects to a daemon and agrees on a version with it. One request is sent.
 *
 * @throws UnreachableError, UsageError for DOCKER_API_VERSION or TLS files that are wrong, UnsupportedError for a daemon
 *   older than Engine API 1.24, DaemonError when it refuses, and the signal's reason.
 */
export async function openEngineApi({ endpoint, env = {}, timeoutMs, signal }: OpenEngineApi): Promise<EngineApi> {
  const fixed = fixedVersion(env);
  const client = new Client(endpoint, await openConnector(endpoint, { env, timeoutMs }));
  try {
    await client.negotiate(fixed, signal);
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** Connections that calls share, and how many calls may at once. */
interface Shared {
  readonly agent: Agent;
  readonly slots: Slots;
}

class Client implements EngineApi {
  readonly description: string;
  readonly #endpoint: Endpoint;
  readonly #connector: Connector;
  readonly #shared: Shared;
  readonly #open = new Set<Duplex>();
  readonly #connect = (): Duplex => this.#connection();
  readonly #closing = new AbortController();
  #version: ApiVersion = [1, 24];
  #prefix = '';
  readonly #clock = new DaemonClock();

  constructor(endpoint: Endpoint, connector: Connector) {
    this.description = describeEndpoint(endpoint);
    this.#endpoint = endpoint;
    this.#connector = connector;
    const agent = new Agent({ keepAlive: true });
    agent.createConnection = this.#connect;
    this.#shared = { agent, slots: new Slots(connector.shared) };
  }

  get version(): ApiVersion {
    return this.#version;
  }

  clockMs(): number {
    return this.#clock.nowMs();
  }

  /** The first request: learns the daemon's version, and its clock. */
  async negotiate(fixed: ApiVersion | null, signal: AbortSignal): Promise<void> {
    const limitMs = this.#connector.timeoutMs * firstAnswer;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new ConnectTimeout(`no answer within ${limitMs / 1_000} s`)), limitMs);
    try {
      const both = AbortSignal.any([signal, limit.signal]);
      const answer = await this.#send({ method: 'GET', path: '/_ping' }, both, this.#shared);
      const text = await this.#text(answer, both);
      this.#version = chooseVersion(answer, text, fixed, this.#endpoint);
      this.#prefix = `/v${this.#version.join('.')}`;
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(this.#endpoint, error);
    } finally {
      clearTimeout(timer);
    }
  }

  async call(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer> {
    // These last until something ends: on shared connections they would keep the others out.
    const shared = call.path.endsWith('/wait') ? null : this.#shared;
    const answer = await this.#send(call, signal, shared);
    const status = answer.statusCode ?? 0;
    const text = await this.#text(answer, signal);
    if (status >= 400) throw daemonError(status, text, call.path);
    return { status, body: parseBody(text) };
  }

  async *jsonLines(call: ApiCall, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
    const answer = await this.#send(call, signal, null);
    const status = answer.statusCode ?? 0;
    if (status >= 400) throw daemonError(status, await this.#text(answer, signal), call.path);
    try {
      yield* readJsonLines(bytesOf(answer));
    } catch (error) {
      throw this.#failure(error, signal);
    } finally {
      answer.destroy();
    }
  }

  async *output(call: ApiCall, tty: boolean, signal: AbortSignal): AsyncGenerator<OutputChunk, void, undefined> {
    try {
      yield* readOutput(this.#connect, wireRequest(call, this.#prefix), tty, signal);
    } catch (error) {
      throw this.#failure(error, signal);
    }
  }

  async hijack(call: ApiCall, signal: AbortSignal): Promise<Duplex> {
    try {
      return await openSession(this.#connect, wireRequest(call, this.#prefix), signal);
    } catch (error) {
      throw this.#failure(error, signal);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new UnreachableError(`the connection with ${this.description} was closed`));
    this.#shared.agent.destroy();
    for (const socket of this.#open) socket.destroy();
  }

  async #send(call: ApiCall, signal: AbortSignal, shared: Shared | null): Promise<IncomingMessage> {
    const transport = { shared, connect: this.#connect, closing: this.#closing.signal };
    const sentMs = Date.now();
    try {
      const answer = await exchange(transport, wireRequest(call, this.#prefix), signal);
      this.#clock.note(answer.headers.date ?? '', sentMs);
      return answer;
    } catch (error) {
      throw this.#failure(error, signal);
    }
  }

  async #text(answer: IncomingMessage, signal: AbortSignal): Promise<string> {
    try {
      return await textOf(answer);
    } catch (error) {
      throw this.#failure(error, signal);
    }
  }

  /** The reason of a signal that aborted goes before whatever it caused. */
  #failure(error: unknown, signal: AbortSignal): unknown {
    const reason: unknown = signal.reason;
    return signal.aborted ? reason : unreachable(this.#endpoint, error);
  }

  #connection(): Duplex {
    if (this.#closing.signal.aborted) return refusing(this.#closing.signal.reason);
    const socket = this.#connector.connect();
    this.#open.add(socket);
    return socket.once('close', () => this.#open.delete(socket));
  }
}

/** A connection that has failed already. */
function refusing(reason: unknown): Duplex {
  const connection = new Duplex().on('error', () => undefined);
  return connection.destroy(reason instanceof Error ? reason : new Error('closed'));
}

/** By events: an iterator over each of many small answers costs as much as asking for them. */
function textOf(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    answer
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
      .once('error', reject)
      .once('close', () => reject(brokenOff()));
    // It may have been destroyed since it came.
    if (answer.destroyed) reject(answer.errored ?? brokenOff());
  });
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
