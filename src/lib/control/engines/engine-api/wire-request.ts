import type { ApiCall } from './api.js';

/** A call as it goes over the wire. */
export interface WireRequest {
  readonly method: ApiCall['method'];
  /** With version and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** As the call gave it, for messages and for what depends on the kind of call. */
  readonly path: string;
}

/** @param prefix the version, `/v1.41`, or nothing. */
export function wireRequest(call: ApiCall, prefix: string): WireRequest {
  const body = call.archive ?? (call.body === undefined ? null : Buffer.from(JSON.stringify(call.body)));
  const type = call.archive === undefined ? 'application/json' : 'application/x-tar';
  const takesBody = call.method === 'POST' || call.method === 'PUT';
  return {
    method: call.method,
    target: `${prefix}${call.path}${queryOf(call.query ?? {})}`,
    headers: {
      Host: 'docker',
      'User-Agent': 'berth',
      ...(body !== null && { 'Content-Type': type }),
      ...((body !== null || takesBody) && { 'Content-Length': String(body?.length ?? 0) }),
      ...call.headers,
    },
    body,
    path: call.path,
  };
}

function queryOf(query: NonNullable<ApiCall['query']>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    parameters.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
