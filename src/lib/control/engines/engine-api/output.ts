import type { Duplex } from 'node:stream';
import type { OutputChunk } from './api.js';
import { DaemonError } from './daemon-error.js';
import { demultiplex } from './frames.js';
import { bytesOf, isChunked, readHead, readRefusal, writeRequest } from './raw-http.js';
import { destroyOnAbort } from './on-abort.js';
import type { WireRequest } from './wire-request.js';

/**
 * The answer to a request as output. It is asked for over HTTP/1.0, because to HTTP/1.1 the daemon sends every line as a
 * chunk of its own, and node's parser raises an event for each: that took nearly twice as long as `docker logs`. The
 * connection is read no faster than the loop that consumes it, and closed when that is left.
 *
 * @param connect gives a connection for this answer alone.
 * @param tty raw bytes, all `stdout`; else frames.
 * @throws DaemonError for a refusal, the signal's reason when it aborts, and what the connection failed with.
 */
export async function* readOutput(
  connect: () => Duplex,
  request: WireRequest,
  tty: boolean,
  signal: AbortSignal,
): AsyncGenerator<OutputChunk, void, undefined> {
  signal.throwIfAborted();
  const socket = connect();
  const stopListening = destroyOnAbort(socket, signal);
  try {
    writeRequest(socket, request, 'HTTP/1.0');
    const head = await readHead(socket);
    if (head.status >= 400) throw await readRefusal(socket, head, request.path);
    if (isChunked(head)) {
      throw new DaemonError('refused', head.status, 'output in chunks was sent to a client of HTTP/1.0', {
        hint: 'Something between here and the daemon does that: connect to the daemon itself.',
      });
    }
    yield* tty ? rawOutput(socket) : demultiplex(bytesOf(socket));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    stopListening();
    socket.destroy();
  }
}

async function* rawOutput(socket: Duplex): AsyncGenerator<OutputChunk, void, undefined> {
  for await (const data of bytesOf(socket)) yield { stream: 'stdout', data };
}
