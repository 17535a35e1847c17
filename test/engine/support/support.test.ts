import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../../contract/harness.js';
import { dockerOn, startDaemon } from './daemon.js';
import { engineOf, engineReason } from './engines.js';
import { engineImages } from './images.js';

test.concurrent.for([1, 2, 3])('several Dockers run side by side, with the same ports', async (round, context) => {
  const engine = await engineOf(context);
  await engine.docker('tag', engineImages.web, `local/other:${round}`);
  await engine.docker('rmi', engineImages.once);
  await engine.docker('volume', 'create', 'left');
  await engine.docker('run', '--detach', '--name', 'web', '--publish', '8080:8080', engineImages.web);
  const answer = await eventually('an answer', () => fetch(`http://${engine.address}:8080/`).catch(() => undefined));
  expect(await answer.text()).toBe('1\n');
});

test.for([1, 2, 3, 4])('one that is lent again is as good as new', async (_, context) => {
  const engine = await engineOf(context);
  expect(await engine.docker('ps', '--all', '--quiet')).toBe('');
  expect(await engine.docker('volume', 'ls', '--quiet')).toBe('');
  const images = (await engine.docker('images', '--format', '{{.Repository}}:{{.Tag}}')).trim().split('\n');
  expect(images.sort()).toEqual(Object.values(engineImages).sort());
});

test('one whose owner is killed ends with it; the next start removes its folder', async (context) => {
  const reason = engineReason();
  if (reason !== null) context.skip(reason);
  const script = path.join(import.meta.dirname, 'with-docker.ts');
  const words = ['--import', 'tsx', script, 'sh', '-c', 'echo $DOCKER_HOST; exec cat'];
  const owner = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line]: unknown[] = await once(owner.stdout, 'data');
  const host = String(line).trim();
  const docker = dockerOn(host);
  expect(await docker('info', '--format', '{{.Labels}}')).toBe('[disk=ssd]\n');
  owner.kill('SIGKILL');
  owner.stdin.end();
  await eventually('nobody answering', async () =>
    docker('version').then(
      () => undefined,
      () => true,
    ),
  );

  await eventually('the folder gone', async () => {
    const next = await startDaemon({ name: 'next' });
    await next.stop();
    return fs.existsSync(path.dirname(new URL(host).pathname)) ? undefined : true;
  });
});
