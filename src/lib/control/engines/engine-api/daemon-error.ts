import { STATUS_CODES } from 'node:http';
import * as v from 'valibot';
import { BerthError, type ErrorCode, type ErrorOptions, isBerthError } from '../../../port/errors.js';

/** The daemon answered, and said no. The message is its own words, cleaned. */
export class DaemonError extends BerthError {
  /** Of HTTP; 200 where the refusal came inside an answer that had begun well. */
  readonly status: number;

  constructor(code: ErrorCode, status: number, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.status = status;
  }
}

/** True for a DaemonError (of that status), whichever copy of the class made it. */
export function isDaemonError(error: unknown, status?: number): error is DaemonError {
  if (!isBerthError(error) || !('status' in error) || typeof error.status !== 'number') return false;
  return status === undefined || error.status === status;
}

/** Longer words than this are a page of some proxy. */
const wordsLimit = 4_000;

// Calls that the daemon passes on to a registry, whose refusals 20.10 wraps into 500.
const registryPath = /^\/(?:images\/create|images\/.+\/push|distribution\/|auth$|build$)/;
const unknownImage = /manifest unknown|name unknown|not found|does not exist/i;
const wantsCredentials = /no basic auth credentials|unauthorized|(?<!permission )denied/i;

/**
 * What an answer of 400 and above means. The code follows the status; where a registry refused, it follows the words,
 * because Engine API 1.41 reports both missing credentials and unknown tags as 500.
 *
 * @param text the answer's body: JSON with `message`, or plain text.
 * @param path of the call, without version and query.
 */
export function daemonError(status: number, text: string, path: string): DaemonError {
  const words = daemonWords(messageOf(text));
  const page = words.startsWith('<');
  const named = `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trim();
  const message = words === '' || page ? `the daemon answered ${named}` : words;
  return new DaemonError(codeOf(status, words, path), status, message, page ? { detail: words } : {});
}

/**
 * The error that a line of progress tells (pull, push, build): those come after a status of 200. Undefined for a line
 * that tells none. `errorDetail` counts; `error`, which Engine API 1.48 deprecated, is read where it is alone.
 *
 * @param path of the call, without version and query.
 */
export function progressError(line: unknown, path: string): DaemonError | undefined {
  const parsed = v.safeParse(progressSchema, line);
  if (!parsed.success) return undefined;
  const said = parsed.output.errorDetail?.message ?? parsed.output.error;
  if (said === undefined) return undefined;
  const words = daemonWords(said);
  return new DaemonError(
    codeOf(500, words, path),
    200,
    words === '' ? 'the daemon gave up and did not say why' : words,
  );
}

const progressSchema = v.looseObject({
  error: v.optional(v.string()),
  errorDetail: v.optional(v.looseObject({ message: v.optional(v.string()) })),
});

const messageSchema = v.looseObject({ message: v.string() });

function codeOf(status: number, words: string, path: string): ErrorCode {
  if (status === 401 || status === 403) return 'authentication';
  if (status === 404) return 'not_found';
  if (status === 500 && registryPath.test(path)) {
    if (wantsCredentials.test(words)) return 'authentication';
    if (unknownImage.test(words)) return 'not_found';
  }
  return 'refused';
}

function messageOf(text: string): string {
  try {
    const parsed = v.safeParse(messageSchema, JSON.parse(text));
    return parsed.success ? parsed.output.message : text;
  } catch {
    return text;
  }
}

// Escape sequences of ECMA-48: CSI, then strings (OSC, DCS, SOS, PM, APC) with their end, then two-character ones.
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u001b\u009c\u0007]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]?/g;
// Control characters other than tab and line feed, and what reorders text.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const wrapping = /(?:rpc error: code = \w+(?:\(\d+\))? desc = |Error response from daemon: )/g;

/**
 * Words of a daemon for people: without the wrapping of gRPC and of the docker command, however often it was wrapped,
 * without a part that says the same as the one before it, and without control sequences.
 */
export function daemonWords(text: string): string {
  const plain = text.slice(0, wordsLimit).replace(sequences, '').replace(controls, '');
  const parts = plain.replace(wrapping, '').trim().split(': ');
  return parts.filter((part, index) => part !== parts[index - 1]).join(': ');
}
