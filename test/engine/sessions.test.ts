import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually } from '../contract/harness.js';
import { errorOn, hasPty, outcome, printed } from '../e2e/support/berth.js';
import { containerNames, type EngineShell, engineShell } from './support/shell.js';
import { engineImages } from './support/images.js';

const file = `
name: app
services:
  web:
    image: ${engineImages.steady}
    environment: { GREETING: hello, SHARED: one }
    networks: { front: { aliases: [other] }, back: {} }
    secrets: [password]
    configs: [{ source: settings, target: /etc/settings, mode: 0440, uid: '65534', gid: '65534' }]
    volumes: ['data:/data', '/scratch']
    ports: ['8080']
    restart: always
networks: { front: {}, back: { internal: true } }
volumes: { data: {} }
secrets: { password: { file: ./password } }
configs: { settings: { content: 'colour=green' } }
`;

/** The first process of a container ends only when it is told to. */
async function deployed(shell: EngineShell): Promise<void> {
  shell.write('compose.yaml', file);
  shell.write('password', 's3cret');
  await shell.ok('up');
}

/** Waits on the other side until the terminal has that size. */
const untilSize = (size: string): string => `until [ "$(stty size 2>/dev/null)" = "${size}" ]; do usleep 20000; done`;

describe('exec', () => {
  test('gives output, errors and the exit code of the command apart', async (context) => {
    const shell = await engineShell(context);
    await deployed(shell);
    const run = (script: string, ...flags: string[]) =>
      shell.berth('exec', ...flags, 'web-1', '--', 'sh', '-c', script);
    expect(await run('echo out; echo words >&2; exit 3')).toEqual({
      ...{ stdout: 'out\n', stderr: 'words\n', exitCode: 3, signal: null },
    });
    const codes = ['exit 0', 'no-such-program', '/etc/passwd', 'kill -9 $$', 'exit 255'];
    const ended = await Promise.all(codes.map(async (script) => (await run(script)).exitCode));
    expect(ended).toEqual([0, 127, 126, 137, 255]);
    expect(await shell.berth('exec', 'web-1', 'no-such-program')).toMatchObject({ exitCode: 126 });

    const asked = ['-u', 'nobody', '-w', '/tmp', '-e', 'SHARED=two', '-e', 'EMPTY='];
    const told = await run('id -un; pwd; echo "$GREETING $SHARED <$EMPTY>"', ...asked);
    expect(told).toMatchObject({ stdout: 'nobody\n/tmp\nhello two <>\n', exitCode: 0 });
    expect(await shell.berth('exec', '-w', '/no/such/folder', 'web-1', 'pwd')).toMatchObject({ exitCode: 126 });

    const json = await shell.berth('exec', '--json', 'web-1', '--', 'sh', '-c', 'printf grün; exit 4');
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([{ stream: 'stdout', text: 'grün' }, { exitCode: 4 }]);
    expect(json.exitCode).toBe(4);
  });

  test('passes input on only where it is asked to, with its end', async (context) => {
    const shell = await engineShell(context);
    await deployed(shell);
    const bytes = randomBytes(1_000_000);
    fs.writeFileSync(path.join(shell.cwd, 'in'), bytes);
    const through = await shell.bash('berth exec -i web-1 cat < in > out; echo $?');
    expect(through).toMatchObject({ stdout: '0\n', stderr: '' });
    const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
    expect(digest(fs.readFileSync(path.join(shell.cwd, 'out')))).toBe(digest(bytes));
    expect(await shell.bash("berth exec -i web-1 -- sh -c 'cat; echo end' < in | tail -n 1")).toMatchObject({
      stdout: expect.stringMatching(/end\n$/),
    });
    expect(await shell.bash('echo unread | berth exec web-1 cat')).toMatchObject({ stdout: '', exitCode: 0 });
    // One that takes none of it: its exit code counts.
    expect(await shell.bash("berth exec -i web-1 -- sh -c 'exit 6' < in")).toMatchObject({ exitCode: 6 });
    // A reader that goes away ends it.
    expect(await shell.bash('berth exec web-1 yes | head -n 1')).toMatchObject({ stdout: 'y\n' });
  });

  test('ends when its container does, and on Ctrl-C', async (context) => {
    const shell = await engineShell(context);
    await deployed(shell);
    const session = shell.start('exec', 'web-1', '--', 'sh', '-c', 'trap exit TERM; echo begun; sleep 600 & wait');
    const ended = outcome(session);
    await printed(session, /begun/);
    await shell.engine.docker('kill', 'app-web-1');
    expect((await ended).exitCode).toBe(137);

    await shell.ok('container', 'start', 'web-1');
    const left = shell.start('exec', 'web-1', '--', 'sh', '-c', 'trap exit TERM; echo begun; sleep 600 & wait');
    const interrupted = outcome(left);
    await printed(left, /begun/);
    left.kill('SIGINT');
    expect(await interrupted).toMatchObject({ exitCode: 130 });

    await shell.ok('container', 'stop', 'web-1');
    const refused = await shell.berth('exec', '--json', 'web-1', 'true');
    expect(refused.exitCode).toBe(3);
    expect(errorOn(refused.stdout)).toMatchObject({
      message: 'the container is not running',
      hint: 'Start it first: `berth container start`.',
    });
    await shell.ok('container', 'start', 'web-1');
    await shell.ok('container', 'pause', 'web-1');
    const paused = await shell.berth('exec', 'web-1', 'true');
    expect(paused).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('is paused') });
    expect(await shell.berth('exec', 'web-7', 'true')).toMatchObject({ exitCode: 4 });
  });

  test.skipIf(!hasPty)('gives it our terminal: size, keys and all, and takes it back', async (context) => {
    const shell = await engineShell(context);
    await deployed(shell);
    const remote = `${untilSize('24 77')}; echo small; ${untilSize('40 90')}; echo large; trap "exit 9" INT; echo waiting; read line; echo "got $line"; read line`;
    const resize = 'until [ -e go ]; do sleep 0.02; done; stty rows 40 cols 90 </dev/tty';
    const check = 'stty -a | grep -o -e "-\\?icanon" -e "-\\?echo "';
    const terminal = shell.startPty(
      `stty rows 24; (${resize}) & berth exec web-1 -- sh -c '${remote}'; echo "ended $?"; ${check}`,
      { columns: 77 },
    );
    const ended = outcome(terminal);
    await printed(terminal, /small/);
    shell.write('go', '');
    await printed(terminal, /waiting/);
    terminal.stdin?.write('typed\r');
    await printed(terminal, /got typed/);
    terminal.stdin?.write('\u0003');
    const { stdout } = await ended;
    expect(stdout).toMatch(/small\r\nlarge\r\nwaiting\r\n[^]*got typed[^]*ended 9\r\nicanon\r\necho /);
  });
});

describe('a container for one command', () => {
  test('has all that its service has, but ports, names and restarts', async (context) => {
    const shell = await engineShell(context);
    await deployed(shell);
    await shell.ok('exec', 'web-1', '--', 'sh', '-c', 'echo kept > /data/file');
    const script =
      'echo "$GREETING"; cat /run/secrets/password /etc/settings /data/file; stat -c "%a %u" /etc/settings; ' +
      'ip -o addr | grep -c "inet .*eth"; touch /scratch/new; nslookup web 127.0.0.11 | grep -qc "^Address.*172"; echo $?; id -u; ' +
      'echo on error >&2; exit 7';
    const run = await shell.berth('apps', 'run', '-a', 'app', '-e', 'GREETING=other', '--', 'sh', '-c', script);
    expect(run).toEqual({
      stdout: 'other\ns3cretcolour=greenkept\n440 65534\n2\n0\n0\n',
      ...{ stderr: 'on error\n', exitCode: 7, signal: null },
    });
    const session = shell.start(
      'apps',
      'run',
      '-a',
      'app',
      '--',
      'sh',
      '-c',
      'trap exit TERM; echo begun; sleep 600 & wait',
    );
    const ended = outcome(session);
    await printed(session, /begun/);
    const { docker } = shell.engine;
    const format = '{{.Names}}|{{.Ports}}|{{.Label "com.docker.compose.oneoff"}}';
    const [one = ''] = (await docker('ps', '--filter', 'name=app-web-run-', '--format', format)).trim().split('\n');
    expect(one).toMatch(/^app-web-run-[0-9a-f]+\|8080\/tcp\|True$/);
    const [name = ''] = one.split('|');
    const inspected = (await docker('inspect', '-f', '{{.HostConfig.RestartPolicy.Name}}', name)).trim();
    expect(inspected).toBe('no');
    // No replica of the service, for berth or docker-compose.
    expect(await shell.json('container', 'ps')).toMatchObject([{ name: 'web-1' }]);
    session.kill('SIGINT');
    expect(await ended).toMatchObject({ exitCode: 130 });
    expect(await containerNames(shell.engine)).toEqual(['app-web-1']);
    const volumes = (await docker('volume', 'ls', '-q', '--filter', 'dangling=true')).trim().split('\n');
    expect(volumes.filter((volume) => /^[0-9a-f]{64}$/.test(volume))).toEqual([]);
  });

  test('takes input, and goes with its session, however that ends', async (context) => {
    const shell = await engineShell(context);
    await deployed(shell);
    const bytes = randomBytes(1_000_000);
    fs.writeFileSync(path.join(shell.cwd, 'in'), bytes);
    succeeds(await shell.bash('berth apps run -a app -i cat < in > out'));
    expect(fs.readFileSync(path.join(shell.cwd, 'out')).equals(bytes)).toBe(true);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      const session = shell.start(
        'apps',
        'run',
        '-a',
        'app',
        '--',
        'sh',
        '-c',
        'trap exit TERM; echo begun; sleep 600 & wait',
      );
      const ended = outcome(session);
      await printed(session, /begun/);
      session.kill(signal);
      expect((await ended).exitCode, signal).toBe(130);
    }
    // Stopped before there was anything to stop: at any time of its making.
    for (const waitMs of [150, 300, 450]) {
      const session = shell.start('apps', 'run', '-a', 'app', '--', 'sleep', '600');
      const ended = outcome(session);
      setTimeout(() => session.kill('SIGINT'), waitMs);
      await ended;
    }
    expect(await containerNames(shell.engine)).toEqual(['app-web-1']);
    expect(await shell.berth('apps', 'run', '-a', 'app', 'no-such-program')).toMatchObject({ exitCode: 127 });
    expect(await containerNames(shell.engine)).toEqual(['app-web-1']);
  });
});

function succeeds(run: { readonly exitCode: number | null; readonly stderr: string }): void {
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
}

describe('service run --attach', () => {
  test('is a service for as long as somebody stays with it', async (context) => {
    const shell = await engineShell(context);
    const { steady } = engineImages;
    const attached = (...args: string[]) => shell.berth('service', 'run', '--attach', ...args);
    expect(await attached('-e', 'A=b', '-r', 'sh -c "echo $A; echo words >&2; exit 4"', steady)).toEqual({
      ...{ stdout: 'b\n', stderr: 'words\n', exitCode: 4, signal: null },
    });
    expect(await shell.bash(`seq 1000 | berth service run --attach -i -r 'tail -n 1' ${steady}`)).toMatchObject({
      ...{ stdout: '1000\n', stderr: '', exitCode: 0 },
    });
    // Without a command it is what the image runs.
    expect(await attached(engineImages.crashing)).toMatchObject({ exitCode: 3 });

    const session = shell.start('service', 'run', '--attach', '-p', '9321:8080', '-n', 'site', engineImages.web);
    const ended = outcome(session);
    const page = `http://${shell.engine.address}:9321/`;
    const answer = await eventually('an answer', () => fetch(page).catch(() => undefined));
    expect(await answer.text()).toBe('1\n');
    expect(await shell.json('service', 'ps')).toEqual([]);
    session.kill('SIGTERM');
    expect((await ended).exitCode).toBe(130);

    expect((await attached('-t', '2', steady)).stderr).toContain('--attach and --target-num-containers');
    expect(await attached('--no-wait', steady)).toMatchObject({ exitCode: 2 });
    expect(await shell.berth('service', 'run', '--tty', steady)).toMatchObject({ exitCode: 2 });
    expect(await attached('no-such/image')).toMatchObject({ exitCode: 8 });
    expect(await containerNames(shell.engine)).toEqual([]);
    expect((await shell.engine.docker('volume', 'ls', '-q')).trim()).toBe('');
  });

  test.skipIf(!hasPty)('gives it our terminal', async (context) => {
    const shell = await engineShell(context);
    const remote = `${untilSize('24 77')}; tty; trap "exit 9" INT; echo waiting; read line`;
    shell.write('remote', remote);
    const terminal = shell.startPty(
      `stty rows 24; berth service run --attach -v $PWD/remote:/remote -r 'sh /remote' ${engineImages.steady}; echo "ended $?"; stty -a | grep -o -e "-\\?icanon"`,
      { columns: 77 },
    );
    const ended = outcome(terminal);
    await printed(terminal, /waiting/);
    terminal.stdin?.write('\u0003');
    expect((await ended).stdout).toMatch(/\/dev\/pts\/\d+\r\nwaiting[^]*ended 9\r\nicanon/);
    expect(await containerNames(shell.engine)).toEqual([]);
  });
});
