import * as v from 'valibot';
import type { ExecOptions, ExecSession } from '../../../port/containers.js';
import { isBerthError, RefusedError } from '../../../port/errors.js';
import type { CallContext } from '../../../port/verb.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import type { EngineApi } from '../engine-api/api.js';
import { connectionLost, keepAsking, StreamSession } from './sessions-stream.js';
import { readId } from './wire.js';

const execSchema = v.object({
  ID: v.optional(v.string()),
  Running: v.optional(v.nullable(v.boolean())),
  ExitCode: v.optional(v.nullable(v.number())),
});

/**
 * Runs a command in a container that runs. A program that is not there is not an error of the call: Docker says so in the
 * output, and the exit code is 126 or 127 (Engine API 1.41).
 *
 * Aborting the signal ends the session, not the command: Docker has no way to end it, and it goes on in the container
 * until it finds its input and output closed.
 *
 * @throws NotFoundError when the container is gone; RefusedError when it does not run; UnreachableError.
 */
export async function execSession(
  api: EngineApi,
  containerId: string,
  command: readonly string[],
  options: ExecOptions,
  { signal }: CallContext,
): Promise<ExecSession> {
  const { tty = false } = options;
  const id = await createExec(api, containerId, command, options, signal);
  const start = { method: 'POST', path: `/exec/${id}/start`, body: { Detach: false, Tty: tty } } as const;
  const stream = await refused(api.hijack(start, signal));
  return new StreamSession(api, {
    stream,
    tty,
    signal,
    resizePath: `/exec/${id}/resize`,
    exitCode: (limitMs) => execExitCode(api, id, limitMs, signal),
  });
}

async function createExec(
  api: EngineApi,
  containerId: string,
  command: readonly string[],
  { tty = false, interactive = false, user, workingDir, env }: ExecOptions,
  signal: AbortSignal,
): Promise<string> {
  const body = {
    ...{ AttachStdin: interactive, AttachStdout: true, AttachStderr: true, Tty: tty, Cmd: command },
    ...(user !== undefined && { User: user }),
    ...(workingDir !== undefined && { WorkingDir: workingDir }),
    ...(env !== undefined && { Env: Object.entries(env).map(([name, value]) => `${name}=${value}`) }),
  };
  const path = `/containers/${encodeURIComponent(containerId)}/exec`;
  const { body: answer } = await refused(api.call({ method: 'POST', path, body }, signal));
  return readId(answer);
}

/** A container that does not run, or is paused. */
async function refused<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isDaemonError(error, 409) || !isBerthError(error)) throw error;
    const paused = /paused/i.test(error.message);
    throw new RefusedError(`the container ${paused ? 'is paused' : 'is not running'}`, {
      detail: error.message,
      hint: paused ? 'Let it go on first: `berth container unpause`.' : 'Start it first: `berth container start`.',
      cause: error,
    });
  }
}

/** The output may end a moment before the command does. Null when the container is gone with it. */
async function execExitCode(api: EngineApi, id: string, limitMs: number, signal: AbortSignal): Promise<number | null> {
  const endMs = performance.now() + limitMs;
  return keepAsking(signal, async () => {
    try {
      const { body } = await api.call({ method: 'GET', path: `/exec/${id}/json` }, signal);
      const { Running, ExitCode } = v.parse(execSchema, body);
      if (Running !== true) return ExitCode ?? null;
      if (performance.now() < endMs) return undefined;
      throw connectionLost(api);
    } catch (error) {
      if (isDaemonError(error, 404)) return null;
      throw error;
    }
  });
}
