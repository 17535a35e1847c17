import { UsageError } from '../port/errors.js';
import type { RegistryCreation } from '../port/registries.js';
import { variable } from './environment.js';
import type { Runtime } from './runtime.js';

export interface LoginFlags {
  readonly username?: string | undefined;
  readonly 'password-stdin': boolean;
}

/**
 * Who logs in where: the password from standard input, from BERTH_REGISTRY_PASSWORD, or from the terminal, which is asked
 * for the user name too. It is never taken from the command line, which others can read.
 *
 * @throws UsageError for what is missing where there is nobody to ask; InterruptedError.
 */
export async function readLogin(host: string, flags: LoginFlags, runtime: Runtime): Promise<RegistryCreation> {
  if (flags['password-stdin'] && flags.username === undefined) {
    throw new UsageError('--password-stdin needs --username', { hint: 'Standard input holds the password alone.' });
  }
  const username = flags.username ?? (await askUsername(runtime));
  if (username === '') throw new UsageError('a user name is needed', { hint: 'Name the user with --username.' });
  const password = await readPassword(flags, host, username, runtime);
  if (password !== '') return { host, username, password };
  throw new UsageError('the password is empty', { hint: 'Nothing was sent.' });
}

async function askUsername(runtime: Runtime): Promise<string> {
  runtime.checkCanAsk('Name the user with --username.');
  const { readLine } = await import('../ui/read-line.js');
  const { stdin } = runtime.host;
  return readLine('User name:', { stdin, sink: runtime.stderr, signal: runtime.signal });
}

async function readPassword(flags: LoginFlags, host: string, username: string, runtime: Runtime): Promise<string> {
  if (flags['password-stdin']) return passwordOnInput(runtime);
  const given = variable(runtime.env, 'BERTH_REGISTRY_PASSWORD');
  if (given !== undefined) return given;
  runtime.checkCanAsk('Pipe the password in with --password-stdin, or set BERTH_REGISTRY_PASSWORD.');
  const { readHidden } = await import('./registry-hidden-line.js');
  const { stdin } = runtime.host;
  const question = `Password of ${username} at ${host}:`;
  return readHidden(question, { stdin, sink: runtime.stderr, signal: runtime.signal });
}

/** More than any token has, in bytes. */
const longest = 1_000_000;

/** All of standard input, but for the end of its line, as `docker login` takes it. */
async function passwordOnInput({ host: { stdin } }: Runtime): Promise<string> {
  if (stdin.isTTY === true) {
    throw new UsageError('standard input is a terminal', {
      hint: 'Pipe the password in, or leave --password-stdin out.',
    });
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > longest) throw new UsageError('standard input is too long for a password');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
