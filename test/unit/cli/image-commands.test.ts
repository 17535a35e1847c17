import { describe, expect, test } from 'vitest';
import ImageInspect from '../../../src/commands/image/inspect.js';
import ImageLs from '../../../src/commands/image/ls.js';
import ImagePull from '../../../src/commands/image/pull.js';
import ImagePush from '../../../src/commands/image/push.js';
import ImageRm from '../../../src/commands/image/rm.js';
import ImageTag from '../../../src/commands/image/tag.js';
import type { Facets } from '../../../src/lib/port/backend.js';
import { NotFoundError, RefusedError } from '../../../src/lib/port/errors.js';
import type { Image, ImageDetail } from '../../../src/lib/port/images.js';
import type { PlannedStep } from '../../../src/lib/port/plan.js';
import { verb } from '../../../src/lib/port/verb.js';
import { runCommand } from './run-command.js';

const web: Image = {
  ...{ id: `sha256:58cc21d904db${'0'.repeat(52)}`, tags: ['localhost:5000/web:1.4', 'web:1.4'], digests: [] },
  ...{ sizeBytes: 1_982_263, nodes: ['vm'], createdAt: '2026-01-01T00:00:00.000Z' },
};
const nameless: Image = { ...web, id: `sha256:ffff${'0'.repeat(60)}`, tags: [], createdAt: null };
const detail: ImageDetail = {
  ...web,
  ...{ architecture: 'amd64', os: 'linux', command: ['serve', '--to', 'a b'], entrypoint: null },
  ...{ environment: { A: '1' }, ports: ['80/tcp'], labels: { who: 'me\u001b[31m' } },
};

function images(options: readonly ('platform' | 'force')[] = ['platform', 'force']) {
  const calls: unknown[] = [];
  const force = options.includes('force') ? (['force'] as const) : [];
  const facets: Facets = {
    images: {
      list: verb([], async function* () {
        yield web;
        yield nameless;
      }),
      get: verb([], async ({ image }) => {
        if (image === 'nothing') throw new NotFoundError('no image "nothing"');
        return detail;
      }),
      pull: verb(['platform'], async ({ image }, given) => {
        calls.push({ pull: image, ...given });
        return { subject: web, action: null, plan: [] };
      }),
      push: verb([], async ({ image }) => {
        calls.push({ push: image });
        return {
          subject: web,
          action: null,
          plan: [step('store', image)],
        };
      }),
      tag: verb([], async ({ image, target }) => {
        calls.push({ tag: image, target });
        return { subject: { ...web, tags: [...web.tags, target] }, action: null, plan: [] };
      }),
      remove: verb(force, async ({ image }, given) => {
        if (image === 'used') throw new RefusedError('cannot remove used');
        calls.push({ remove: image, ...given });
        return { subject: null, action: null, plan: [step('remove', image), step('remove', 'sha256:gone')] };
      }),
    },
  };
  return { facets, calls };
}

function step(operation: PlannedStep['operation'], name: string): PlannedStep {
  return { id: `${operation} image ${name}`, operation, kind: 'image', name, reasons: ['asked for'] };
}

describe('image ls', () => {
  test('has a row a name, and one for an image without any', async () => {
    const { stdout, status } = await runCommand(ImageLs, [], images().facets);
    expect(status).toBe(0);
    expect(stdout.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['REPOSITORY', 'TAG', 'ID', 'CREATED', 'SIZE'],
      ['localhost:5000/web', '1.4', '58cc21d904db', '2026-01-01T00:00:00.000Z', '2 MB'],
      ['web', '1.4', '58cc21d904db', '2026-01-01T00:00:00.000Z', '2 MB'],
      ['-', '-', 'ffff00000000', '-', '2 MB'],
      [''],
    ]);
  });

  test('gives whole ids, names that find them, and sizes as numbers to scripts', async () => {
    const { facets } = images();
    expect((await runCommand(ImageLs, ['-q'], facets)).stdout).toBe(`${web.id}\n${web.id}\n${nameless.id}\n`);
    expect((await runCommand(ImageLs, ['--format', 'name'], facets)).stdout).toBe(
      `localhost:5000/web:1.4\nweb:1.4\n${nameless.id}\n`,
    );
    expect(JSON.parse((await runCommand(ImageLs, ['--json'], facets)).stdout)).toMatchObject([
      { repository: 'localhost:5000/web', tag: '1.4', sizeBytes: 1_982_263, tags: web.tags },
      { repository: 'web' },
      { repository: null, tag: null, tags: [] },
    ]);
  });
});

test('image inspect shows what containers of it do', async () => {
  const { stdout } = await runCommand(ImageInspect, ['web:1.4'], images().facets);
  expect(stdout).toContain('Platform:   linux/amd64\n');
  expect(stdout).toContain('Command:    serve --to "a b"\n');
  expect(stdout).toContain('Names:      localhost:5000/web:1.4, web:1.4\n');
  expect(stdout).not.toContain('\u001b');
});

describe('image pull, push and tag', () => {
  test('pass on what they are given, and name the image', async () => {
    const { facets, calls } = images();
    const pulled = await runCommand(ImagePull, ['web:1.4', '--platform', 'linux/arm64'], facets);
    expect(pulled).toMatchObject({ status: 0, stdout: 'web:1.4\n' });
    expect(pulled.stderr).toContain('Nothing to do');
    expect(await runCommand(ImagePush, ['web:1.4'], facets)).toMatchObject({ status: 0, stderr: '' });
    expect(await runCommand(ImageTag, ['58cc21', 'web:2'], facets)).toMatchObject({ stdout: 'web:2\n' });
    expect(calls).toEqual([
      { pull: 'web:1.4', platform: 'linux/arm64' },
      { push: 'web:1.4' },
      { tag: '58cc21', target: 'web:2' },
    ]);
  });

  test('need their arguments', async () => {
    const { facets, calls } = images();
    for (const Command of [ImagePull, ImagePush]) {
      expect((await runCommand(Command, [], facets)).error).toMatchObject({ code: 'usage' });
    }
    expect((await runCommand(ImageTag, ['web:1.4'], facets)).error).toMatchObject({ code: 'usage' });
    expect(calls).toEqual([]);
  });
});

describe('image rm', () => {
  test('removes names in their order, also several of one image, and prints what went', async () => {
    const { facets, calls } = images();
    const run = await runCommand(ImageRm, ['web:1.4', 'localhost:5000/web:1.4', '--force'], facets);
    expect(run).toMatchObject({
      status: 0,
      stdout: 'web:1.4\nsha256:gone\nlocalhost:5000/web:1.4\nsha256:gone\n',
      stderr: '',
    });
    expect(calls).toEqual([
      { remove: 'web:1.4', force: true },
      { remove: 'localhost:5000/web:1.4', force: true },
    ]);
    const json = await runCommand(ImageRm, ['web:1.4', '--json'], facets);
    expect(JSON.parse(json.stdout)).toMatchObject([{ subject: null, plan: [{ name: 'web:1.4' }, {}] }]);
  });

  test('of a name that is not there, or is there twice, removes nothing', async () => {
    const { facets, calls } = images();
    expect((await runCommand(ImageRm, ['web:1.4', 'nothing'], facets)).error).toMatchObject({ code: 'not_found' });
    expect((await runCommand(ImageRm, ['web:1.4', 'web:1.4'], facets)).error).toMatchObject({ code: 'usage' });
    expect(calls).toEqual([]);
  });

  test('tells what was done before a failure', async () => {
    const { facets, calls } = images();
    const run = await runCommand(ImageRm, ['web:1.4', 'used', 'web:2'], facets);
    expect(run.error).toMatchObject({ code: 'refused' });
    expect(run.stderr).toContain('used failed; done before it: web:1.4; not begun: web:2');
    expect(calls).toHaveLength(1);
  });

  test('refuses --force where a backend has none', async () => {
    const { facets, calls } = images(['platform']);
    expect((await runCommand(ImageRm, ['web:1.4', '--force'], facets)).error).toMatchObject({ code: 'unsupported' });
    expect(calls).toEqual([]);
  });
});
