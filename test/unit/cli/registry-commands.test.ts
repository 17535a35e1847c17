import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import RegistryLogin from '../../../src/commands/registry/login.js';
import RegistryLs from '../../../src/commands/registry/ls.js';
import RegistryRm from '../../../src/commands/registry/rm.js';
import type { Host } from '../../../src/lib/cli/runtime.js';
import type { Facets } from '../../../src/lib/port/backend.js';
import { NotFoundError } from '../../../src/lib/port/errors.js';
import type { Registry } from '../../../src/lib/port/registries.js';
import { verb } from '../../../src/lib/port/verb.js';
import { runCommand, Screen } from './run-command.js';

const example: Registry = {
  ...{ id: 'registry.example', name: 'registry.example', host: 'registry.example', username: 'ann' },
  ...{ email: null, description: null, official: false, tls: true },
};

function registries() {
  const calls: unknown[] = [];
  const facets: Facets = {
    registries: {
      list: verb([], async function* () {
        yield example;
      }),
      get: verb([], async ({ registry }) => {
        if (registry === example.host) return example;
        throw new NotFoundError(`no registry "${registry}"`);
      }),
      login: verb([], async (creation) => {
        calls.push(creation);
        return { ...example, host: creation.host, username: creation.username };
      }),
      remove: verb([], async ({ registry }) => {
        calls.push({ remove: registry });
      }),
    },
  };
  return { facets, calls };
}

/** A terminal on which a test types; it notes whether it shows what is typed. */
class Keyboard extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  readonly modes: boolean[] = [];

  setRawMode(mode: boolean): this {
    this.isRaw = mode;
    this.modes.push(mode);
    return this;
  }
}

const words = ['registry.example', '-u', 'ann'];

function login(facets: Facets, argv: readonly string[], host: Partial<Host> = {}) {
  return runCommand(RegistryLogin, argv, facets, host);
}

describe('registry login', () => {
  test('reads the password from standard input, without the end of its line', async () => {
    for (const [text, password] of [
      ['pass word\n', 'pass word'],
      ['pass\r\n', 'pass'],
      ['pass\n\n', 'pass\n'],
      [' päss', ' päss'],
    ] as const) {
      const { facets, calls } = registries();
      const run = await login(facets, [...words, '--password-stdin'], { stdin: Readable.from([Buffer.from(text)]) });
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(calls).toEqual([{ host: 'registry.example', username: 'ann', password }]);
      expect(run.stdout).toContain('Username:  ann\n');
      expect(run.stdout).not.toContain(password);
    }
  });

  test("takes it from the environment, for Docker's own registry by default", async () => {
    const { facets, calls } = registries();
    const run = await login(facets, ['-u', 'ann'], { env: { BERTH_REGISTRY_PASSWORD: 'secret' } });
    expect(run.status).toBe(0);
    expect(calls).toEqual([{ host: 'docker.io', username: 'ann', password: 'secret' }]);
  });

  test('has no flag for it', async () => {
    const { facets, calls } = registries();
    for (const flag of ['-p', '--password']) {
      expect((await login(facets, [...words, flag, 'secret'])).error).toMatchObject({ code: 'usage' });
    }
    expect(calls).toEqual([]);
  });

  test.each([
    [words, {}, 'there is no terminal to ask on'],
    [['registry.example'], {}, 'there is no terminal to ask on'],
    [['registry.example', '--password-stdin'], {}, '--password-stdin needs --username'],
    [[...words, '--password-stdin'], {}, 'the password is empty'],
    [['registry.example', '-u', ''], { BERTH_REGISTRY_PASSWORD: 'x' }, 'a user name is needed'],
  ])('%j sends nothing: %j', async (argv, env, message) => {
    const { facets, calls } = registries();
    expect((await login(facets, argv, { env })).error).toMatchObject({ code: 'usage', message });
    expect(calls).toEqual([]);
  });

  test('asks on a terminal, and shows nothing of the password', async () => {
    const { facets, calls } = registries();
    const stdin = new Keyboard();
    const stderr = new Screen(true);
    const run = login(facets, ['registry.example'], { stdin, stderr });
    await expect.poll(() => stderr.text).toContain('User name:');
    stdin.write('ann\n');
    await expect.poll(() => stdin.isRaw).toBe(true);
    // A slip, a line begun again, a paste in pieces that cut a letter.
    const typed = Buffer.from('wrong\u0015sex\u007fcrét\r');
    stdin.write(typed.subarray(0, 13));
    stdin.write(typed.subarray(13));
    expect(await run).toMatchObject({ status: 0 });
    expect(calls).toEqual([{ host: 'registry.example', username: 'ann', password: 'secrét' }]);
    expect(stderr.text).toBe('User name: Password of ann at registry.example: \n');
    expect(stdin.modes).toEqual([true, false]);
  });

  test.each(['\u0003', 'half\u0004'])('ended with %j gives the terminal back, and sends nothing', async (keys) => {
    const { facets, calls } = registries();
    const stdin = new Keyboard();
    const run = login(facets, words, { stdin, stderr: new Screen(true) });
    await expect.poll(() => stdin.isRaw).toBe(true);
    stdin.write(keys);
    expect((await run).error).toMatchObject({ code: 'interrupted' });
    expect(stdin.modes).toEqual([true, false]);
    expect(calls).toEqual([]);
  });

  test('does not ask where typing could be read along', async () => {
    const { facets, calls } = registries();
    const stdin = Object.assign(Readable.from(['secret\n']), { isTTY: true });
    expect((await login(facets, words, { stdin })).error).toMatchObject({ code: 'usage' });
    expect(calls).toEqual([]);
  });
});

describe('registries', () => {
  test('are listed', async () => {
    const { stdout } = await runCommand(RegistryLs, [], registries().facets);
    expect(stdout.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['HOST', 'USERNAME', 'TLS'],
      ['registry.example', 'ann', 'true'],
      [''],
    ]);
  });

  test('are forgotten; one that is not there is an error', async () => {
    const { facets, calls } = registries();
    expect(await runCommand(RegistryRm, ['registry.example', '-q'], facets)).toMatchObject({
      status: 0,
      stdout: 'registry.example\n',
    });
    expect((await runCommand(RegistryRm, ['other.example'], facets)).error).toMatchObject({ code: 'not_found' });
    expect(calls).toEqual([{ remove: 'registry.example' }]);
  });
});
