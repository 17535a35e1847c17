import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openShell, root } from '../e2e/support/berth.js';
import { engineOf } from './support/engines.js';

/** The lines of the block that the README shows under "On Docker". */
function shown(): readonly string[] {
  const text = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  const [, block = ''] = /^## On Docker\n[\s\S]*?^```\n([\s\S]*?)^```/m.exec(text) ?? [];
  return block.split('\n').filter((line) => line.startsWith('berth ') || line.startsWith('VERSION='));
}

test('every command that the README shows for Docker does what it says', async (context) => {
  const engine = await engineOf(context);
  await promisify(execFile)(
    process.execPath,
    [path.join(root, 'scripts', 'engine-image.mjs'), 'web=local/web:1', 'web=local/web:2', 'steady=local/worker:1'],
    { env: { PATH: process.env.PATH, DOCKER_HOST: engine.host } },
  );
  const shell = openShell({ BERTH_ENGINE: 'docker', DOCKER_HOST: engine.host });
  fs.symlinkSync(path.join(root, 'examples'), path.join(shell.cwd, 'examples'));
  const run = async (line: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await shell.bash(line);
    expect({ line, stderr, exitCode }).toMatchObject({ exitCode: 0 });
    return stdout;
  };
  const webs = async (): Promise<string> =>
    engine.docker('ps', '--filter', 'label=com.docker.compose.service=web', '--format', '{{.Names}} {{.Image}}');

  await run('berth up -f examples/local-shop/compose.yaml');
  const [ps = '', exec = '', newer = '', back = '', live = '', terminate = '', ...more] = shown();
  expect(more).toEqual([]);
  expect((await run(ps)).match(/Running/g)).toHaveLength(4);
  expect(await run(exec)).toMatch(/^[0-9a-f]{12}\n$/);
  await run(newer);
  expect((await webs()).match(/local\/web:2/g)).toHaveLength(2);
  await run(back);
  expect((await webs()).match(/local\/web:1/g)).toHaveLength(2);
  expect(await run(live)).toContain('image: local/web:1');
  await run(terminate);
  expect(await engine.docker('ps', '--all', '--quiet')).toBe('');
});
