import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import * as v from 'valibot';
import { AuthenticationError } from '../../../port/errors.js';
import { daemonWords } from './daemon-error.js';
import type { Environment } from './docker-config-file.js';
import { onAbort } from './on-abort.js';

/** What `get` prints and `store` reads. */
export interface HelperCredentials {
  readonly ServerURL: string;
  /** `<token>`: the secret is an identity token. */
  readonly Username: string;
  readonly Secret: string;
}

const credentialsSchema = v.looseObject({
  ServerURL: v.optional(v.string(), ''),
  Username: v.string(),
  Secret: v.string(),
});
const listSchema = v.record(v.string(), v.string());

// github.com/docker/docker-credential-helpers: the words by which a helper says that it knows nothing of a server.
const nothingFound = /credentials not found in native keychain/;
const outputLimit = 1024 * 1024;

/**
 * A program `docker-credential-NAME` that keeps credentials of registries: the verb is its argument, stdin and stdout
 * carry the rest. Every verb throws AuthenticationError where the program is not there, fails, or prints something else.
 */
export class CredentialHelper {
  readonly program: string;
  readonly #env: Environment;

  /** @param env for the program, whose PATH finds it. */
  constructor(name: string, env: Environment) {
    this.program = `docker-credential-${name}`;
    this.#env = env;
  }

  /** @returns null when it knows nothing of the server. */
  async get(server: string, signal: AbortSignal): Promise<HelperCredentials | null> {
    const output = await this.#run('get', server, signal);
    return output === null ? null : this.#parse(credentialsSchema, output, 'get');
  }

  async store(credentials: HelperCredentials, signal: AbortSignal): Promise<void> {
    await this.#run('store', JSON.stringify(credentials), signal);
  }

  /** No error when it knows nothing of the server. */
  async erase(server: string, signal: AbortSignal): Promise<void> {
    await this.#run('erase', server, signal);
  }

  /** Users by server. */
  async list(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const output = await this.#run('list', '', signal);
    return output === null || output.trim() === '' ? {} : this.#parse(listSchema, output, 'list');
  }

  #parse<T extends v.GenericSchema>(schema: T, output: string, verb: string): v.InferOutput<T> {
    try {
      const parsed = v.safeParse(schema, JSON.parse(output));
      if (parsed.success) return parsed.output;
    } catch {
      // Falls through: the parser's words would quote the secret.
    }
    throw new AuthenticationError(`${this.program} ${verb} printed something else than credentials`);
  }

  /** @returns what it printed; null when it says that there is nothing. */
  async #run(verb: string, input: string, signal: AbortSignal): Promise<string | null> {
    signal.throwIfAborted();
    const { spawn } = await import('node:child_process');
    const child = spawn(this.program, [verb], { env: this.#env, stdio: ['pipe', 'pipe', 'pipe'] });
    const stopListening = onAbort(signal, () => child.kill('SIGKILL'));
    try {
      const { code, stdout, stderr } = await outcomeOf(child, input);
      signal.throwIfAborted();
      if (code === 0) return stdout;
      if (nothingFound.test(stdout) || nothingFound.test(stderr)) return null;
      // A program that fails can have printed a secret before: only its complaint is told.
      const words = daemonWords(stderr.trim() === '' ? stdout : stderr);
      throw new AuthenticationError(`${this.program} ${verb} failed`, {
        hint: "Docker's config.json names it as the keeper of registry credentials.",
        detail: words === '' ? `it ended with status ${code ?? 'unknown'}` : words,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw isMissing(error) ? this.#missing(error) : error;
    } finally {
      stopListening();
    }
  }

  #missing(cause: unknown): AuthenticationError {
    return new AuthenticationError(`${this.program}, which Docker's config.json names, is not there`, {
      hint: 'Install it, or take its name out of credsStore and credHelpers.',
      cause,
    });
  }
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function outcomeOf(child: ChildProcessByStdio<Writable, Readable, Readable>, input: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(0, outputLimit);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, outputLimit);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    // One that does not read its input may still have an answer.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
}
