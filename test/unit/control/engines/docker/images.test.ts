import { describe, expect, test } from 'vitest';
import { all } from '../../open-backend.js';
import { dangling, detail, inspect, known, openImages as open, web } from './open-images.js';

describe('images', () => {
  test('are listed by their first name, those without one last', async () => {
    const { images, context } = await open({ 'GET /images/json': known['GET /images/json'] });
    expect(await all(images.list({}, {}, context))).toEqual([
      {
        ...{ id: web.Id, tags: ['registry.example:5000/web:1.4', 'web:1.4'], digests: web.RepoDigests },
        ...{ sizeBytes: 1_982_263, nodes: ['vm'], createdAt: '2026-11-21T19:05:07.000Z' },
      },
      { id: dangling.Id, tags: [], digests: [], sizeBytes: 5, nodes: ['vm'], createdAt: null },
    ]);
  });

  test('are told of in detail', async () => {
    const { images, context } = await open({ 'GET /images/:name/json': inspect });
    expect(await images.get({ image: 'web:1.4' }, {}, context)).toMatchObject({
      ...{ id: web.Id, architecture: 'amd64', os: 'linux', command: ['serve'], entrypoint: null, ports: ['80/tcp'] },
      ...{ environment: { A: '1=2', B: '' }, labels: {}, createdAt: '2026-11-21T19:09:14.850Z' },
    });
  });

  test('that are not there are errors with the nearest name, or the ways to tell several apart', async () => {
    const { images, context } = await open(known);
    const get = (image: string): Promise<unknown> => images.get({ image }, {}, context);
    await expect(get('web:1.5')).rejects.toMatchObject({ code: 'not_found', hint: 'Did you mean web:1.4?' });
    await expect(get('other')).rejects.toMatchObject({ code: 'not_found', hint: expect.stringContaining('image ls') });
    await expect(get('58')).rejects.toMatchObject({
      code: 'ambiguous',
      hint: 'Use one of: registry.example:5000/web:1.4, 58ff00000000.',
    });
    await expect(get('')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a name', () => {
  test('is given to an image, and not again', async () => {
    let there = false;
    const { images, daemon, context } = await open({
      'GET /images/:name/json': (request) =>
        request.parameters['name'] === 'shop/web:2' && there ? { json: detail } : inspect(request),
      'POST /images/:name/tag': () => {
        there = true;
        return { status: 201, json: {} };
      },
    });
    const tag = (target: string) => images.tag({ image: 'web:1.4', target }, {}, context);
    expect((await tag('shop/web:2')).plan).toMatchObject([{ operation: 'create', reasons: ['new'] }]);
    expect((await tag('shop/web:2')).plan).toEqual([]);
    const [request, ...others] = daemon.requests.filter(({ method }) => method === 'POST');
    expect(others).toEqual([]);
    expect(Object.fromEntries(request?.query ?? [])).toEqual({ repo: 'shop/web', tag: '2' });
    await expect(tag('Shop')).rejects.toMatchObject({ code: 'usage' });
  });

  test('is taken off, with what goes with it', async () => {
    const { images, daemon, context } = await open({
      ...known,
      'DELETE /images/:name': () => ({ json: [{ Untagged: 'web:1.4' }, { Deleted: web.Id }] }),
    });
    expect(await images.remove({ image: 'web:1.4' }, { force: true }, context)).toMatchObject({
      subject: null,
      plan: [
        { name: 'web:1.4', operation: 'remove', reasons: ['untagged'] },
        { name: web.Id, reasons: ['deleted'] },
      ],
    });
    expect(daemon.requests.at(-1)?.query.get('force')).toBe('1');
    await expect(images.remove({ image: 'web:9' }, {}, context)).rejects.toMatchObject({ code: 'not_found' });
  });

  test.each([
    ['conflict: unable to delete 58cc21 (cannot be forced) - image is being used by running container f1', 'Stop'],
    ['conflict: unable to delete 58cc21 (must be forced) - image is referenced in multiple repositories', '--force'],
    ['conflict: unable to remove repository reference "web:1.4" (must force) - container f1 is using it', '--force'],
  ])('stays while `%s`', async (words, hint) => {
    const { images, daemon, context } = await open({
      'GET /images/:name/json': inspect,
      'DELETE /images/:name': () => ({ status: 409, json: { message: words } }),
    });
    await expect(images.remove({ image: 'web:1.4' }, {}, context)).rejects.toMatchObject({
      ...{ code: 'refused', message: 'cannot remove web:1.4', detail: words, hint: expect.stringContaining(hint) },
    });
    expect(daemon.requests.at(-1)?.query.has('force')).toBe(false);
  });
});
