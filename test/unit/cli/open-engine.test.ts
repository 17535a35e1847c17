import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngineOf, startRunner } from '../../../src/lib/cli/open-engine.js';
import { Runtime } from '../../../src/lib/cli/runtime.js';
import { gate } from '../../../src/lib/port/gate.js';

const repository = path.resolve(import.meta.dirname, '../../..');
/** What the launcher does, from the sources; its very last act is the file `ended`. */
const launcher = `
  import fs from 'node:fs';
  import { main } from '../src/lib/cli/main.ts';
  process.exitCode = await main({ root: process.cwd(), argv: process.argv.slice(2), commands: './src/commands' });
  process.once('exit', () => fs.writeFileSync('ended', ''));
`;

interface Place {
  readonly runtime: Runtime;
  /** Names of the files that runners left. */
  readonly left: () => string[];
  readonly read: (name: string) => string;
  readonly folder: string;
  readonly hasEnded: () => boolean;
}

/** An installation whose launcher is that script. */
function installation(script: string, env: Readonly<Record<string, string>> = {}): Place {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-runner-'));
  onTestFinished(() => {
    fs.rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  fs.mkdirSync(path.join(root, 'bin'));
  // Without the manifest, which would lead to the build.
  fs.copyFileSync(path.join(repository, 'package.json'), path.join(root, 'package.json'));
  for (const name of ['node_modules', 'src']) fs.symlinkSync(path.join(repository, name), path.join(root, name));
  fs.writeFileSync(path.join(root, 'bin', 'run.js'), script);
  const home = path.join(root, 'home');
  const folder = path.join(home, 'runners');
  const runtime = new Runtime({
    ...{ root, cwd: root, argv: [], now: Date.now },
    env: {
      PATH: process.env.PATH,
      HOME: root,
      BERTH_HOME: home,
      BERTH_ENGINE: 'sandbox',
      NODE_OPTIONS: '--import tsx',
      ...env,
    },
    ...{ stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough() },
  });
  return {
    ...{ runtime, folder },
    hasEnded: () => fs.existsSync(path.join(root, 'ended')),
    left: () => fs.readdirSync(folder),
    read: (name) => fs.readFileSync(path.join(folder, name), 'utf8'),
  };
}

const handed = { id: 'a1b2c3d4-0000', namespace: 'ann', user: 'ann' };

describe('the file of a runner', () => {
  test.each([
    ['has done its work', 'Success', {}],
    ['has failed as its action tells', 'Failed', { BERTH_SANDBOX_FAULTS: 'web:exit=3' }],
  ])('is gone when it %s', async (_what, state, faults) => {
    const { runtime, left, hasEnded } = installation(launcher, { BERTH_SANDBOX_SPEED: '1000', ...faults });
    const backend = await openEngineOf(runtime);
    onTestFinished(() => backend.close());
    const context = { signal: new AbortController().signal };
    const project = { name: 'shop', services: { web: { image: 'web:1' } } };
    const { action } = await gate(backend, 'stacks', 'up')({ project }, { wait: false }, context);
    const get = gate(backend, 'actions', 'get');
    const stateNow = async (): Promise<string> => (await get({ action: action?.id ?? '' }, {}, context)).state;
    await expect.poll(stateNow, { timeout: 20_000 }).toBe(state);
    await expect.poll(hasEnded, { timeout: 20_000 }).toBe(true);
    expect(left()).toEqual([]);
  });

  test('stays with its last words when it crashes, and tells when and of which action', async () => {
    const { runtime, left, read, folder } = installation(`throw new Error('fell over');`);
    await startRunner(runtime, handed, 'sandbox');
    const [name = ''] = left();
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-a1b2c3d4-0000\.log$/);
    await expect.poll(() => read(name), { timeout: 10_000 }).toContain('Error: fell over');
    if (process.platform !== 'win32') {
      expect(fs.statSync(folder).mode & 0o077).toBe(0);
      expect(fs.statSync(path.join(folder, name)).mode & 0o077).toBe(0);
    }
  });

  test('stays when berth itself fails, which no action tells', async () => {
    const { runtime, left, read, hasEnded } = installation(launcher);
    await startRunner(runtime, handed, 'sandbox');
    await expect.poll(hasEnded, { timeout: 20_000 }).toBe(true);
    const [name = ''] = left();
    expect(read(name)).toContain('no action "a1b2c3d4-0000"');
  });

  test('is removed after a month', async () => {
    const { runtime, left, folder } = installation('');
    fs.mkdirSync(folder, { recursive: true });
    const dayMs = 86_400_000;
    for (const days of [29, 31]) {
      const file = path.join(folder, `${days}.log`);
      fs.writeFileSync(file, 'last words');
      fs.utimesSync(file, (runtime.now() - days * dayMs) / 1000, (runtime.now() - days * dayMs) / 1000);
    }
    await startRunner(runtime, handed, 'sandbox');
    expect(left().filter((name) => !name.includes(handed.id))).toEqual(['29.log']);
  });
});
