import { type Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { onAbort } from './on-abort.js';
import type { Slots } from './slots.js';
import type { WireRequest } from './wire-request.js';

interface Transport {
  /** Connections that calls share; null: one for this call alone. */
  readonly shared: { readonly agent: Agent; readonly slots: Slots } | null;
  readonly connect: () => Duplex;
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal;
}

/**
 * Sends a request and gives the answer, whose body is still to be read. A GET whose kept connection had been closed over
 * there is sent once more on a new one.
 *
 * Aborting ends it at once, and destroys the answer with the signal's reason where there is one already.
 *
 * @throws the signal's reason, or what the connection failed with, as node tells it.
 */
export async function exchange(
  transport: Transport,
  request: WireRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  for (const each of [signal, transport.closing]) each.throwIfAborted();
  const giveBack = await transport.shared?.slots.take([signal, transport.closing]);
  const outcome = await send(transport, request, signal, giveBack);
  if (!('failure' in outcome)) return outcome.answer;
  if (!outcome.stale) throw outcome.failure;
  const again = await send({ ...transport, shared: null }, request, signal);
  if ('failure' in again) throw again.failure;
  return again.answer;
}

type Outcome =
  | { readonly answer: IncomingMessage }
  /** `stale`: the connection had served before, and broke before a byte of an answer to a request that changes nothing. */
  | { readonly failure: unknown; readonly stale: boolean };

/** @param ended is called when the connection is free again, or gone. */
function send(
  { shared, connect, closing }: Transport,
  request: WireRequest,
  signal: AbortSignal,
  ended?: () => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const { method, target: path, headers } = request;
    const outgoing = httpRequest({
      method,
      path,
      headers: { ...headers, ...(shared === null && { Connection: 'close' }) },
      ...(shared === null ? { createConnection: connect } : { agent: shared.agent }),
    });
    if (ended !== undefined) outgoing.once('close', ended);
    let answer: IncomingMessage | undefined;
    const stops = [signal, closing].map((each) =>
      onAbort(each, (error) => {
        resolve({ failure: each.reason, stale: false });
        if (answer === undefined) outgoing.destroy(error);
        else answer.destroy(error);
      }),
    );
    const stopListening = (): void => stops.forEach((stop) => stop());
    outgoing.once('response', (incoming) => {
      answer = incoming;
      // Nobody may be reading yet when it is destroyed.
      incoming.on('error', () => undefined).once('close', stopListening);
      resolve({ answer: incoming });
    });
    // Stays on: an error after the answer has begun is told by the answer as well.
    outgoing.on('error', (failure) => {
      if (answer === undefined) stopListening();
      resolve({ failure, stale: isStale(outgoing, method, failure) });
    });
    outgoing.end(request.body ?? undefined);
  });
}

function isStale(outgoing: ClientRequest, method: string, failure: Error): boolean {
  const code = 'code' in failure ? failure.code : undefined;
  return (
    (method === 'GET' || method === 'HEAD') && outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE')
  );
}
