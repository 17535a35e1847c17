import type { Duplex } from 'node:stream';
import { readHead, readRefusal, writeRequest } from './raw-http.js';
import { destroyOnAbort } from './on-abort.js';
import type { WireRequest } from './wire-request.js';

/**
 * Makes a connection the session of exec or attach (Engine API 1.41, "Hijacking"): after the answer's head it carries the
 * remote input one way and its output the other. The answer is 101, or 200 where something between here and the daemon
 * took the upgrade out of the request; both are the same from there on.
 *
 * Ending the writing side leaves the reading side open. The session's own errors come as events of it, and are ignored
 * where nobody listens. Aborting destroys it, before and after this has returned.
 *
 * @param connect gives a connection for this session alone.
 * @throws DaemonError for a refusal, the signal's reason when it aborts, and what the connection failed with.
 */
export async function openSession(connect: () => Duplex, request: WireRequest, signal: AbortSignal): Promise<Duplex> {
  signal.throwIfAborted();
  const socket = connect();
  const stopListening = destroyOnAbort(socket, signal);
  try {
    writeRequest(socket, request, 'HTTP/1.1', { Connection: 'Upgrade', Upgrade: 'tcp' });
    const head = await readHead(socket);
    if (head.status >= 400) throw await readRefusal(socket, head, request.path);
    return socket;
  } catch (error) {
    stopListening();
    socket.destroy();
    signal.throwIfAborted();
    throw error;
  }
}
