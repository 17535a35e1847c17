import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compose, composeReason } from './support/compose.js';
import { engineImages } from './support/images.js';
import { type EngineShell, engineShell } from './support/shell.js';

const image = engineImages.steady;

const file = (colour: string): string => `
services:
  web:
    image: ${image}
    secrets: [password, { source: binary, target: /etc/key, uid: '65534', gid: '65534', mode: 0400 }]
    configs: [{ source: settings, target: /etc/settings }]
    volumes: [data:/data]
    networks: { front: { aliases: [site] }, back: {} }
    deploy: { resources: { limits: { memory: 64m, cpus: '0.5', pids: 40 } } }
    depends_on: { prepare: { condition: service_completed_successfully } }
  other: { image: '${image}', networks: [back], secrets: [password] }
  beside: { image: '${image}', network_mode: 'service:web' }
  prepare: { image: '${engineImages.once}', networks: [back], restart: 'no' }
networks:
  front: { ipam: { config: [{ subnet: 10.78.1.0/24 }] } }
  back: { internal: true }
volumes: { data: {} }
secrets: { password: { environment: PASSWORD }, binary: { file: ./key } }
configs: { settings: { content: 'colour=${colour}' } }
`;

async function ids({ engine }: EngineShell): Promise<Readonly<Record<string, string>>> {
  const lines = (await engine.docker('ps', '--format', '{{.Names}} {{.ID}}')).trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
}

describe('what services use', () => {
  test('is made as it is said; another content replaces those who use it, and only those', async (context) => {
    const shell = await engineShell(context);
    const { docker } = shell.engine;
    const up = async (password: string) => {
      const { exitCode, stderr } = await shell.berthWith({ PASSWORD: password }, 'up', '-n', 'shop');
      expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    };
    const key = Buffer.from([0, 255, 10, 13, 0, 128, 200]);
    fs.writeFileSync(path.join(shell.cwd, 'key'), key);
    shell.write('compose.yaml', file('green'));
    await up('first');
    const web = ['exec', 'web-1', '--', 'sh', '-c'];
    expect(await shell.ok(...web, 'cat /run/secrets/password /etc/settings; stat -c " %a %u" /etc/key')).toBe(
      'firstcolour=green 400 65534\n',
    );
    expect(await shell.ok(...web, 'od -An -tx1 /etc/key || cat /etc/key | wc -c').then((text) => text.trim())).toMatch(
      /^(00 ff 0a 0d 00 80 c8|7)$/,
    );
    await shell.ok(...web, 'echo kept > /data/file');
    const limits = '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}';
    expect(await docker('inspect', '-f', limits, 'shop-web-1')).toBe('67108864 500000000 40\n');
    expect(await docker('network', 'inspect', '-f', '{{.Internal}}', 'shop_back')).toBe('true\n');
    const subnet = '{{(index .IPAM.Config 0).Subnet}}';
    expect(await docker('network', 'inspect', '-f', subnet, 'shop_front')).toBe('10.78.1.0/24\n');
    expect(await shell.ok('exec', 'other-1', 'nslookup', 'web')).toContain('Address');
    expect((await shell.berth('exec', 'other-1', 'nslookup', 'site')).exitCode).not.toBe(0);
    const hosts = await Promise.all(['web-1', 'beside-1'].map((name) => shell.ok('exec', name, 'hostname')));
    expect(hosts[0]).toBe(hosts[1]);

    const before = await ids(shell);
    await up('first');
    expect(await ids(shell)).toEqual(before);
    shell.write('compose.yaml', file('blue'));
    await up('first');
    const after = await ids(shell);
    expect(after['shop-other-1']).toBe(before['shop-other-1']);
    expect(after['shop-web-1']).not.toBe(before['shop-web-1']);
    expect(await shell.ok(...web, 'cat /etc/settings /data/file')).toBe('colour=bluekept\n');
    await up('second');
    const last = await ids(shell);
    expect(last['shop-other-1']).not.toBe(after['shop-other-1']);
    expect(await shell.ok('exec', 'other-1', 'cat', '/run/secrets/password')).toBe('second');

    const label = ['--filter', 'label=com.docker.compose.project=shop'];
    expect((await docker('ps', ...label, '--format', '{{.Names}}')).trim().split('\n').length).toBe(3);
    if (composeReason() === null) {
      shell.write(
        'plain.yaml',
        `version: '2.4'\nservices:\n  web: { image: '${image}' }\n  other: { image: '${image}' }\n`,
      );
      const seen = await compose(shell, '-f', 'plain.yaml', '-p', 'shop', 'ps');
      expect(seen).toMatch(/shop-web-1 .*Up/);
    }
    await shell.ok('stack', 'terminate', 'shop', '--yes');
    expect((await docker('volume', 'ls', '-q', '--filter', 'name=shop_data')).trim()).toBe('shop_data');
    await up('second');
    expect(await shell.ok(...web, 'cat /data/file')).toBe('kept\n');
    await shell.ok('stack', 'terminate', 'shop', '--yes', '--volumes');
    expect((await docker('volume', 'ls', '-q', '--filter', 'name=shop')).trim()).toBe('');
    expect((await docker('network', 'ls', '-q', '--filter', 'name=shop')).trim()).toBe('');
  });

  test('a job that fails keeps those from starting that wait for it', async (context) => {
    const shell = await engineShell(context);
    shell.write(
      'compose.yaml',
      `
name: jobs
services:
  job: { image: '${engineImages.crashing}', restart: 'no' }
  web: { image: '${image}', depends_on: { job: { condition: service_completed_successfully } } }
`,
    );
    const run = await shell.berth('up');
    expect(run.exitCode).not.toBe(0);
    expect(run.stderr).toMatch(/job/);
    const names = await shell.engine.docker('ps', '--format', '{{.Names}}');
    expect(names).not.toContain('jobs-web-1');
  });
});
