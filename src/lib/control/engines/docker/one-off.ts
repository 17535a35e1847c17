import * as v from 'valibot';
import type { ExecOptions, ExecSession } from '../../../port/containers.js';
import type { CallContext } from '../../../port/verb.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import type { EngineApi } from '../engine-api/api.js';
import { connectionLost, StreamSession } from './sessions-stream.js';

export interface OneOffParts {
  readonly api: EngineApi;
  /** Told of the work that is left when the session has ended early: whoever closes the engine waits for it. */
  readonly onCleanup: (work: Promise<void>) => void;
}

/** How long a container may take to end by itself when the session was aborted, in seconds. */
const graceSeconds = 2;
const cleanupLimitMs = 15_000;

const waitSchema = v.object({ StatusCode: v.number() });

/**
 * Starts a container that was made for one command, with its streams attached, and removes it when the command has ended,
 * the session was aborted or it could not be started. A program that is not there ends it like a shell: with words on
 * standard error and the exit code 127, or 126 where it may not be run.
 *
 * @param containerId of one made with `AttachStdout`, `AttachStderr` and, for `interactive`, `OpenStdin`, `StdinOnce` and
 *   `AttachStdin`, and without a restart policy.
 * @throws DaemonError, UnreachableError, and the signal's reason.
 */
export async function oneOffSession(
  parts: OneOffParts,
  containerId: string,
  { tty = false, interactive = false }: ExecOptions,
  { signal }: CallContext,
): Promise<ExecSession> {
  const { api } = parts;
  const path = `/containers/${encodeURIComponent(containerId)}`;
  const removal = new Removal(parts, path);
  const removeOnAbort = (): void => {
    void removal.stopAndRemove();
  };
  signal.addEventListener('abort', removeOnAbort, { once: true });
  const settle = async (): Promise<void> => {
    signal.removeEventListener('abort', removeOnAbort);
    await removal.stopAndRemove();
  };
  try {
    const query = { stream: true, stdin: interactive, stdout: true, stderr: true };
    const stream = await api.hijack({ method: 'POST', path: `${path}/attach`, query }, signal);
    const session = new StreamSession(api, {
      stream,
      tty,
      signal,
      resizePath: `${path}/resize`,
      // Asked when the output has ended, and answered also when the container has: an exit is never missed.
      exitCode: (limitMs) => exitCodeOf(api, path, limitMs, signal).finally(settle),
    });
    try {
      await api.call({ method: 'POST', path: `${path}/start` }, signal);
    } catch (error) {
      stream.destroy();
      throw error;
    }
    session.exitCode.catch(settle);
    return session;
  } catch (error) {
    await settle();
    signal.throwIfAborted();
    return notStarted(error);
  }
}

async function exitCodeOf(api: EngineApi, path: string, limitMs: number, signal: AbortSignal): Promise<number | null> {
  const limit = limitMs === Infinity ? undefined : AbortSignal.timeout(limitMs);
  try {
    const call = { method: 'POST', path: `${path}/wait`, query: { condition: 'not-running' } } as const;
    const { body } = await api.call(call, limit === undefined ? signal : AbortSignal.any([signal, limit]));
    return v.parse(waitSchema, body).StatusCode;
  } catch (error) {
    // Somebody else has removed it.
    if (isDaemonError(error, 404)) return null;
    throw limit?.aborted === true ? connectionLost(api, error) : error;
  }
}

/** Takes the container away, once. */
class Removal {
  readonly #parts: OneOffParts;
  readonly #path: string;
  #work: Promise<void> | undefined;

  constructor(parts: OneOffParts, path: string) {
    this.#parts = parts;
    this.#path = path;
  }

  stopAndRemove(): Promise<void> {
    if (this.#work === undefined) {
      this.#work = this.#stopAndRemove();
      this.#parts.onCleanup(this.#work);
    }
    return this.#work;
  }

  /** Never throws: how the command went is what is to be told. The caller's signal has aborted, or may do so meanwhile. */
  async #stopAndRemove(): Promise<void> {
    const { api } = this.#parts;
    const signal = AbortSignal.timeout(cleanupLimitMs);
    const stop = { method: 'POST', path: `${this.#path}/stop`, query: { t: graceSeconds } } as const;
    await api.call(stop, signal).catch(() => undefined);
    const remove = { method: 'DELETE', path: this.#path, query: { force: true, v: true } } as const;
    await api.call(remove, signal).catch(() => undefined);
  }
}

/** The program could not be run (the words are runc's). Throws anything else. */
function notStarted(error: unknown): ExecSession {
  if (!isDaemonError(error) || !/container process|exec:/i.test(error.message)) throw error;
  const data = Buffer.from(`${error.message}\n`);
  return {
    output: (async function* () {
      yield { stream: 'stderr' as const, data };
    })(),
    write: async () => undefined,
    end: async () => undefined,
    exitCode: Promise.resolve(/permission denied|is a directory/i.test(error.message) ? 126 : 127),
  };
}
