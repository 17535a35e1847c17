import { describe, expect, test } from 'vitest';
import { errorOn, hasPty } from '../e2e/support/berth.js';
import { engineImages } from './support/images.js';
import { registryOf } from './support/registry.js';
import { containerNames, engineShell, shellOn } from './support/shell.js';

describe('images', () => {
  test('go to a registry and come back with the credentials that were kept for it', async (context) => {
    const shell = await engineShell(context);
    const { host, user, password } = await registryOf(context, shell.engine);
    const image = `${host}/shop/web:1`;
    await shell.ok('image', 'tag', engineImages.web, image);
    const stranger = await shell.berth('image', 'push', '--json', image);
    expect(stranger.exitCode).toBe(5);
    expect(errorOn(stranger.stdout)).toMatchObject({ code: 'authentication' });
    expect(errorOn(stranger.stdout).hint).toContain('registry login');

    const login = (secret: string, ...args: string[]) =>
      shell.berthWith({ BERTH_REGISTRY_PASSWORD: secret }, 'registry', 'login', host, '-u', user, ...args);
    const wrong = await login('wrong-secret');
    expect(wrong).toMatchObject({ exitCode: 5, stdout: '' });
    expect(wrong.stderr).not.toContain('wrong-secret');
    expect(await shell.json('registry', 'ls')).toEqual([]);
    expect(await login(password)).toMatchObject({ exitCode: 0 });
    const listed = await shell.ok('registry', 'ls', '--json');
    expect(JSON.parse(listed)).toMatchObject([{ host, username: user }]);
    expect(listed).not.toContain(password);

    await shell.ok('image', 'push', image);
    await shell.ok('image', 'rm', image);
    const piped = await shell.berth('image', 'pull', image);
    expect(piped.exitCode).toBe(0);
    expect(piped.stderr).toContain('pull');
    expect(piped.stderr).not.toContain('\u001b');
    expect(await shell.json('image', 'inspect', image)).toMatchObject({ tags: expect.arrayContaining([image]) });
    const unknown = await shell.berth('image', 'pull', `${host}/shop/web:none`);
    expect(unknown).toMatchObject({ exitCode: 4, stderr: expect.stringContaining(`${host}/shop/web:none`) });
    if (hasPty) {
      await shell.ok('image', 'rm', image);
      const seen = await shell.pty(`berth image pull ${image}; echo "ended $?"`);
      expect(seen.stdout).toContain('ended 0');
    }
    await shell.ok('registry', 'rm', host);
    expect(await shell.json('registry', 'ls')).toEqual([]);
    expect(await shell.berth('image', 'pull', image)).toMatchObject({ exitCode: 5 });
  });

  test('of a private registry are pulled by `stack up`; without credentials nothing is changed', async (context) => {
    const shell = await engineShell(context);
    const { host, user, password } = await registryOf(context, shell.engine);
    const { docker } = shell.engine;
    await shell.berthWith({ BERTH_REGISTRY_PASSWORD: password }, 'registry', 'login', host, '-u', user);
    const versions = [engineImages.web, engineImages.newerWeb].map((image, index) => {
      return { image, name: `${host}/shop/web:${index + 1}` };
    });
    for (const { image, name } of versions) {
      await docker('tag', image, name);
      await shell.ok('image', 'push', name);
      await docker('rmi', name);
    }
    const file = (tag: number): string =>
      `name: shop\nservices: { web: { image: '${host}/shop/web:${tag}', ports: ['9397:8080'] } }\n`;
    const other = shellOn(shell.engine);
    for (const one of [shell, other]) one.write('compose.yaml', file(1));
    const refused = await other.berth('up', '--json');
    expect(refused.exitCode).toBe(5);
    expect(errorOn(refused.stdout).hint).toContain('registry login');
    expect(await containerNames(shell.engine)).toEqual([]);

    await shell.ok('up');
    const before = await containerNames(shell.engine);
    const page = `http://${shell.engine.address}:9397/`;
    expect(await (await fetch(page)).text()).toBe('1\n');
    other.write('compose.yaml', file(2));
    expect(await other.berth('up')).toMatchObject({ exitCode: 5 });
    expect(await containerNames(shell.engine)).toEqual(before);
    expect(await (await fetch(page)).text()).toBe('1\n');
    shell.write('compose.yaml', file(2));
    await shell.ok('up');
    expect(await (await fetch(page)).text()).toBe('2\n');
  });
});
