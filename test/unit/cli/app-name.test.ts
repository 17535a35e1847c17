import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findApp } from '../../../src/lib/cli/app-name.js';
import { Runtime } from '../../../src/lib/cli/runtime.js';
import { candidatesIn, lookup } from '../../../src/lib/port/lookup.js';
import type { StackDetail } from '../../../src/lib/port/stacks.js';
import { verb } from '../../../src/lib/port/verb.js';

const call = { signal: new AbortController().signal };

function app(name: string, id: string): StackDetail {
  return {
    id,
    name,
    namespace: 'default',
    state: 'Running',
    synchronized: true,
    services: [],
    engine: 'sandbox',
    createdAt: '2026-03-01T12:00:00Z',
    deployedAt: null,
    definition: { name, services: {} },
  };
}

const apps = [app('shop', 'aa11'), app('blog', 'bb22')];
const get = verb<{ readonly stack: string }, object, Promise<StackDetail>>([], ({ stack }) =>
  lookup('stack', stack, candidatesIn(apps)),
);

/** A directory of that name, with these files, and a run in it. */
function runIn(name: string, files: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}) {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-app-'));
  onTestFinished(() => {
    fs.rmSync(base, { recursive: true });
  });
  const cwd = path.join(base, name);
  fs.mkdirSync(cwd);
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(cwd, file), text);
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  return new Runtime({ root: base, argv: [], env, cwd, ...streams, now: Date.now });
}

describe('the app that is meant', () => {
  test('is the one named, by name or id', async () => {
    const here = runIn('blog');
    expect(await findApp('shop', get, here, call)).toBe(apps[0]);
    expect(await findApp('aa', get, here, call)).toBe(apps[0]);
    await expect(findApp('shpo', get, here, call)).rejects.toMatchObject({
      code: 'not_found',
      message: 'no app "shpo"',
      hint: 'Did you mean shop?',
    });
    await expect(findApp('warehouse', get, here, call)).rejects.toMatchObject({
      hint: 'List them with `berth apps ls`.',
    });
  });

  test.each([
    ['the directory', 'shop', {}, {}],
    ['the directory, as Compose spells it', 'S.hop', {}, {}],
    ['the Compose file', 'work', { 'compose.yaml': 'name: shop\nservices: {}\n' }, {}],
    ['the Compose file, variables put in', 'work', { 'compose.yaml': 'name: sh${E}\n', '.env': 'E=op\n' }, {}],
    [
      '.env beside a Compose file',
      'work',
      { 'compose.yaml': 'name: blog\n', '.env': 'COMPOSE_PROJECT_NAME=shop\n' },
      {},
    ],
    ['a file that cannot be run', 'shop', { 'compose.yaml': 'services: {web: {imagee: "${MISSING:?}"}}\n' }, {}],
    ['COMPOSE_PROJECT_NAME', 'blog', { 'compose.yaml': 'name: blog\n' }, { COMPOSE_PROJECT_NAME: 'shop' }],
    ['COMPOSE_FILE', 'blog', { 'other.yaml': 'name: shop\n' }, { COMPOSE_FILE: 'other.yaml' }],
  ])('has the name that %s gives', async (_, directory, files, env) => {
    expect(await findApp(undefined, get, runIn(directory, files, env), call)).toBe(apps[0]);
  });

  test('an env file of the app without a Compose file is not read', async () => {
    const here = runIn('shop', { '.env': 'COMPOSE_PROJECT_NAME=blog\n"not an env file' });
    expect(await findApp(undefined, get, here, call)).toBe(apps[0]);
  });

  test('is never found by the beginning of an id that is only the name of the directory', async () => {
    const here = runIn('aa11');
    await expect(findApp(undefined, get, here, call)).rejects.toMatchObject({
      code: 'not_found',
      message: 'no app "aa11"',
      hint: `The name is that of the directory ${here.host.cwd}. Name the app with --app, or list them with \`berth apps ls\`.`,
    });
  });

  test.each([
    [{ 'compose.yaml': 'name: wiki\n' }, {}, /compose\.yaml\./],
    [{}, { COMPOSE_PROJECT_NAME: 'wiki' }, /COMPOSE_PROJECT_NAME\./],
  ])('when there is none, says where the name is from: %j %j', async (files, env, source) => {
    await expect(findApp(undefined, get, runIn('wiki', files, env), call)).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringMatching(source),
    });
  });

  test.each([
    [{ 'compose.yaml': 'name: [\n' }, {}],
    [{}, { COMPOSE_PROJECT_NAME: 'No Name' }],
    [{}, { COMPOSE_FILE: 'nothing.yaml' }],
    [{ 'compose.yaml': 'name: shop\n', '.env': 'A=1\nSECRET="hunter2\n' }, {}],
  ])('is not guessed when what names it is wrong: %j %j', async (files, env) => {
    const refused = findApp(undefined, get, runIn('shop', files, env), call);
    await expect(refused).rejects.toMatchObject({ code: 'input' });
    await refused.catch((error: unknown) => {
      const { message, hint, detail, position } = Object(error);
      expect(JSON.stringify({ message, hint, detail, position })).not.toContain('hunter2');
    });
  });
});
