import type { Duplex } from 'node:stream';

/** One call of the Engine API. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** Without the version: `/containers/json`. Names in it are encoded by the caller (`encodeURIComponent`). */
  readonly path: string;
  /** Members that are undefined are left out; objects are sent as JSON (`filters`). */
  readonly query?: Readonly<Record<string, string | number | boolean | object | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, as a tar archive; not together with `body`. */
  readonly archive?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  /** 200 to 399. 304 says that there was nothing to do. */
  readonly status: number;
  /** Parsed JSON; undefined for an empty answer, and text for one that is no JSON. */
  readonly body: unknown;
}

/** A piece of output: one frame of a multiplexed stream, or what was read of a raw one. */
export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

/**
 * A daemon that speaks the Engine API. Every call throws DaemonError for an answer of 400 and above, UnreachableError
 * when there is no connection, and the signal's reason when it aborts.
 */
export interface EngineApi {
  /** For messages: `Docker at unix:///var/run/docker.sock`. */
  readonly description: string;
  /** Negotiated, `[1, 41]`. */
  readonly version: readonly [major: number, minor: number];
  /**
   * Milliseconds since 1970 by the daemon's clock. Its answers tell it to the second: this host's clock is taken for it as
   * long as the two agree as far as can be told; else it may be wrong by half a second at first, and less with every answer.
   */
  clockMs(): number;
  call(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer>;
  /** The answer as a stream of JSON values, one a line (events, progress of pull and push). Ends when the daemon ends it. */
  jsonLines(call: ApiCall, signal: AbortSignal): AsyncIterable<unknown>;
  /**
   * The answer as output, over HTTP/1.0 on a connection of its own, since the daemon then sends no chunks (logs).
   *
   * @param tty the container has a terminal: the answer is raw bytes, all `stdout`. Else it is multiplexed.
   */
  output(call: ApiCall, tty: boolean, signal: AbortSignal): AsyncIterable<OutputChunk>;
  /**
   * Makes the connection itself the session (exec, attach). Ending our side is the end of the remote standard input. The
   * caller destroys it. Aborting the signal destroys it.
   */
  hijack(call: ApiCall, signal: AbortSignal): Promise<Duplex>;
  /** Closes every connection. Idempotent. */
  close(): Promise<void>;
}
