import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorOn, openShell, votingApp } from './support/berth.js';
import { expectNothingKept, type Refusal, refused, state } from './support/refused.js';

const web = 'services:\n  web:\n    image: nginx\n';

describe('the definition', () => {
  interface Case extends Omit<Refusal, 'exitCode' | 'code' | 'position'> {
    readonly content: string;
    readonly at?: readonly [line: number, column: number, excerpt: string, path?: string];
  }
  const cases: Readonly<Record<string, Case>> = {
    'an empty file': { content: '', message: 'empty compose file', hint: /services/ },
    'a file with nothing but a comment': { content: '# nothing\n', message: 'empty compose file' },
    'a YAML syntax error': {
      content: 'services:\n  web:\n    image: nginx\n   ports: [80]\n',
      message: 'yaml: line 4: all mapping items must start at the same column',
      at: [4, 1, '   ports: [80]'],
    },
    'an unknown key': {
      content: 'services:\n  web:\n    imagee: nginx\n',
      message: "services.web: additional properties 'imagee' not allowed",
      hint: /did you mean "image"\?/i,
      at: [3, 5, '    imagee: nginx', 'services.web'],
    },
    'an unknown key at the top': {
      content: `${web}servces: {}\n`,
      message: "additional properties 'servces' not allowed",
      hint: /did you mean "services"\?/i,
      at: [4, 1, 'servces: {}'],
    },
    'a duplicate key': {
      content: 'services:\n  web:\n    image: nginx\n    image: redis\n',
      message: 'mapping key "image" already defined at line 3',
      at: [4, 5, '    image: redis'],
    },
    'a service without an image': {
      content: 'services:\n  web:\n    ports: [80]\n',
      message: 'service "web" has neither an image nor a build context specified',
      hint: /image/,
      at: [2, 3, '  web:', 'services.web'],
    },
    'a required variable that is not set': {
      content: 'services:\n  web:\n    image: nginx:${TAG:?set TAG to a release}\n',
      message:
        'error while interpolating services.web.image: required variable TAG is missing a value: set TAG to a release',
      hint: /TAG/,
      at: [3, 12, '    image: nginx:${TAG:?set TAG to a release}', 'services.web.image'],
    },
    'a port out of range': {
      content: `${web}    ports:\n      - "80:80"\n      - "99999:80"\n`,
      message: 'services.web.ports[1]: port 99999 is out of range (1-65535)',
      at: [6, 9, '      - "99999:80"', 'services.web.ports[1]'],
    },
    'a dependency cycle': {
      content: 'services:\n  a:\n    image: nginx\n    depends_on: [b]\n  b:\n    image: nginx\n    depends_on: [a]\n',
      message: 'dependency cycle detected: a -> b -> a',
      at: [7, 18, '    depends_on: [a]', 'services.b.depends_on.a'],
    },
    'a dependency on a service that is not there': {
      content: `${web}    depends_on: [wb]\n`,
      message: 'service "web" depends on undefined service "wb"',
    },
  };

  test.each(Object.entries(cases))('%s', async (_what, { content, at, message, hint }) => {
    const shell = openShell();
    shell.write('bad.yaml', content);
    const position = at && {
      file: 'bad.yaml',
      line: at[0],
      column: at[1],
      excerpt: at[2],
      ...(at[3] !== undefined && { path: at[3] }),
    };
    const expected = { exitCode: 2, code: 'input', message, ...(hint && { hint }), ...(position && { position }) };
    for (const verb of [['up'], ['stack', 'create'], ['compose', 'config']]) {
      await refused(shell, [...verb, '-f', 'bad.yaml'], expected);
    }
    expectNothingKept(shell);
  });

  test('the caret stands below the column', async () => {
    const shell = openShell();
    shell.write('bad.yaml', `${web}    ports: ["80:80", "99999:80"]\n`);
    const { stderr } = await shell.berth('up', '-f', 'bad.yaml');
    const lines = stderr.split('\n');
    const line = lines.find((text) => text.includes('"99999:80"')) ?? '';
    expect(lines[lines.indexOf(line) + 1]?.indexOf('^')).toBe(line.indexOf('"99999:80"'));
  });

  test('no file: the names that were looked for, and where', async () => {
    const shell = openShell();
    const hint = /compose\.yaml, compose\.yml, docker-compose\.yml.*-f/;
    await refused(shell, ['up'], {
      exitCode: 2,
      code: 'input',
      message: 'no configuration file provided: not found',
      hint,
    });
    expectNothingKept(shell);
  });

  test('a named file that is not there, and one that is a directory', async () => {
    const shell = openShell();
    fs.mkdirSync(path.join(shell.cwd, 'folder'));
    await refused(shell, ['up', '-f', 'nope.yaml'], {
      exitCode: 2,
      code: 'input',
      message: 'open nope.yaml: no such file or directory',
      position: { file: 'nope.yaml' },
    });
    const { stderr, exitCode } = await shell.berth('up', '-f', 'folder');
    expect(stderr).toMatch(/^Error: .*folder.*director/);
    expect(exitCode).toBe(2);
    expectNothingKept(shell);
  });

  test('a service that the file does not have', async () => {
    const shell = openShell();
    await refused(shell, ['up', '-f', votingApp, 'vot'], {
      exitCode: 4,
      code: 'not_found',
      message: 'no service "vot" in the file',
      hint: /Did you mean vote\?/,
    });
    expect(await state(shell)).toEqual([0, 1, 2, 3].map(() => [0, []]));
  });
});

describe('service scale', () => {
  test.each([
    ['an unknown service', ['vot=3'], 4, 'not_found', 'no service "vot"', /Did you mean vote\?/],
    ['one unknown of two', ['worker=1', 'nope=3'], 4, 'not_found', 'no service "nope"', /berth service/],
    ['a negative number', ['vote=-1'], 2, 'usage', 'replicas must be a whole number, 0 or more; got "-1"', /web=3/],
    ['a fraction', ['vote=1.5'], 2, 'usage', 'replicas must be a whole number, 0 or more; got "1.5"', /web=3/],
    ['a word', ['vote=many'], 2, 'usage', 'replicas must be a whole number, 0 or more; got "many"', /web=3/],
    ['an exponent', ['vote', '1e3'], 2, 'usage', 'replicas must be a whole number, 0 or more; got "1e3"', /web=3/],
    ['an empty number', ['vote='], 2, 'usage', 'replicas must be a whole number, 0 or more; got ""', /web=3/],
    ['no number', ['vote'], 2, 'usage', 'the number of replicas is missing', /web=3/],
    ['a service twice', ['vote=1', 'vote=2'], 2, 'usage', 'vote is named twice', undefined],
    [
      'a number that is a typing error',
      ['vote=99999999'],
      2,
      'usage',
      'replicas of vote must be a whole number from 0 to 100000: 99999999',
      /Nothing was changed/,
    ],
  ])('%s', async (_what, words, exitCode, code, message, hint) => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const before = await state(shell);
    await refused(shell, ['service', 'scale', ...words], { exitCode, code, message, ...(hint && { hint }) });
    expect(await state(shell)).toEqual(before);
  });
});

describe('backends and engines', () => {
  const scale = ['service', 'scale', 'vote=9'];

  test.each([
    [
      'variables of two platforms',
      { DOCKERCLOUD_USER: 'ann', DEIS_PROFILE: 'prod' },
      2,
      'usage',
      'variables of two platforms are set: DOCKERCLOUD_USER (dockercloud) and DEIS_PROFILE (deis)',
      /--backend or BERTH_BACKEND/,
    ],
    [
      'Docker Cloud without credentials',
      { DOCKERCLOUD_NAMESPACE: 'acme' },
      5,
      'authentication',
      'Docker Cloud is selected, but there are no credentials',
      /DOCKERCLOUD_USER and DOCKERCLOUD_APIKEY/,
    ],
    [
      'Deis without credentials',
      { DEIS_PROFILE: 'prod' },
      5,
      'authentication',
      'Deis is selected, but there are no credentials',
      /DEIS_CONTROLLER and DEIS_TOKEN/,
    ],
    [
      'Oracle without credentials',
      { OCCS_URL: 'https://occs.example.com' },
      5,
      'authentication',
      'Oracle Container Cloud Service is selected, but there are no credentials',
      /OCCS_TOKEN/,
    ],
    [
      'Docker Cloud with credentials: no driver',
      { DOCKERCLOUD_USER: 'ann', DOCKERCLOUD_APIKEY: 'hunter2hunter2' },
      6,
      'unsupported',
      'this version of berth has no driver for Docker Cloud yet',
      /Available: engine/,
    ],
    [
      'Deis with credentials: no driver',
      { DEIS_CONTROLLER: 'https://deis.example.com', DEIS_TOKEN: 'hunter2hunter2' },
      6,
      'unsupported',
      'this version of berth has no driver for Deis yet',
      /Available: engine/,
    ],
    [
      'Oracle with credentials: no driver',
      { OCCS_URL: 'https://occs.example.com', OCCS_TOKEN: 'hunter2hunter2' },
      6,
      'unsupported',
      'this version of berth has no driver for Oracle Container Cloud Service yet',
      /Available: engine/,
    ],
    [
      'an unknown backend',
      { BERTH_BACKEND: 'engin' },
      2,
      'usage',
      'BERTH_BACKEND names an unknown backend: "engin"',
      /Did you mean engine\?/,
    ],
    [
      'an unknown engine',
      { BERTH_ENGINE: 'sandbx' },
      2,
      'usage',
      'BERTH_ENGINE names an unknown engine: "sandbx"',
      /Did you mean sandbox\?/,
    ],
    [
      'an engine without a driver',
      { BERTH_ENGINE: 'swarm' },
      6,
      'unsupported',
      'this version of berth cannot drive the swarm engine yet',
      /Set BERTH_ENGINE to sandbox or docker/,
    ],
    [
      'a Docker that does not answer: never the sandbox in its place',
      { BERTH_ENGINE: '', DOCKER_HOST: 'tcp://127.0.0.1:1' },
      8,
      'unreachable',
      'Docker at tcp://127.0.0.1:1 (named by DOCKER_HOST) cannot be reached: nothing listens there',
      /daemon running/,
    ],
    [
      'a platform on the sandbox',
      { DEIS_PROFILE: 'prod', BERTH_ENGINE: 'sandbox' },
      5,
      'authentication',
      'Deis is selected, but there are no credentials',
      /DEIS_TOKEN/,
    ],
  ])('%s', async (_what, env, exitCode, code, message, hint) => {
    const shell = openShell();
    const report = await refused(shell, scale, { exitCode, code, message, hint }, env);
    expect(report).not.toContain('hunter2hunter2');
    expectNothingKept(shell);
    await refused(shell, ['stack', 'ls'], { exitCode, code, message, hint }, env);
    expectNothingKept(shell);
  });

  test('an unknown --backend', async () => {
    const shell = openShell();
    await refused(shell, ['stack', 'ls', '--backend', 'ngine'], {
      exitCode: 2,
      code: 'usage',
      message: '--backend names an unknown backend: "ngine"',
      hint: /Did you mean engine\?/,
    });
    expectNothingKept(shell);
  });

  test('under CI a change on a sandbox that nobody asked for', async (context) => {
    context.skip(fs.existsSync('/var/run/docker.sock'), 'there is a Docker on this machine, which is used');
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const before = await state(shell);
    const env = { CI: 'true', BERTH_ENGINE: '' };
    for (const args of [scale, ['up', '-f', votingApp], ['stack', 'terminate', 'voting-app', '--yes']]) {
      await refused(
        shell,
        args,
        {
          exitCode: 2,
          code: 'usage',
          message:
            'no engine is chosen (there is no /var/run/docker.sock), and under CI the sandbox is not taken for granted',
          hint: /BERTH_ENGINE=sandbox/,
        },
        env,
      );
    }
    expect(await state(shell)).toEqual(before);
    expect((await shell.berthWith({ CI: 'true' }, 'service', 'scale', 'vote=1')).exitCode).toBe(0);
  });

  test.each([
    ['BERTH_SANDBOX_SPEED', '0', '"0" is no number above 0 and up to 1000', /10/],
    ['BERTH_SANDBOX_SPEED', 'fast', '"fast" is no number above 0 and up to 1000', /10/],
    ['BERTH_SANDBOX_NODES', '0', '"0" is not between 1 and 1000', /zone=east/],
    ['BERTH_SANDBOX_NODES', 'a;a', 'node "a" is there twice', /zone=east/],
    ['BERTH_SANDBOX_FAULTS', 'vote', 'no ":" after the target in "vote"', /crash/],
    ['BERTH_SANDBOX_FAULTS', 'vote:explode', 'unknown effect "explode" in "vote:explode"', /crash/],
  ])('%s=%s', async (name, value, why, hint) => {
    const shell = openShell();
    const expected = { exitCode: 2, code: 'usage', message: `${name}: ${why}`, hint };
    await refused(shell, ['up', '-f', votingApp], expected, { [name]: value });
    await refused(shell, ['stack', 'ls'], expected, { [name]: value });
    expectNothingKept(shell);
  });
});

describe('the settings', () => {
  test.each([
    ['no JSON', '{', 'is not valid JSON'],
    ['no object', '[]', 'must hold a JSON object'],
    ['a backend that is no text', '{"backend":3}', ': "backend" must be a string'],
  ])('%s: refused, and never overwritten', async (_what, content, why) => {
    const shell = openShell();
    const file = path.join(shell.home, 'settings.json');
    fs.mkdirSync(shell.home);
    fs.writeFileSync(file, content);
    const message = why.startsWith(':') ? `${file}${why}` : `${file} ${why}`;
    for (const args of [
      ['stack', 'ls'],
      ['up', '-f', votingApp],
      ['backend', 'show'],
      ['backend', 'use', 'engine'],
    ]) {
      await refused(shell, args, { exitCode: 2, code: 'settings', message, hint: /Mend the file, or delete it/ });
    }
    expect(fs.readFileSync(file, 'utf8')).toBe(content);
    expect(fs.readdirSync(shell.home)).toEqual(['settings.json']);
  });

  test('an unknown backend in them', async () => {
    const shell = openShell();
    fs.mkdirSync(shell.home);
    fs.writeFileSync(path.join(shell.home, 'settings.json'), '{"backend":"engin"}');
    await refused(shell, ['stack', 'ls'], {
      exitCode: 2,
      code: 'usage',
      message: 'the settings file names an unknown backend: "engin"',
      hint: /Did you mean engine\?/,
    });
    expect((await shell.berth('backend', 'use', 'engine')).exitCode).toBe(0);
    expect((await shell.berth('stack', 'ls', '--json')).stdout).toBe('[]\n');
  });
});

describe('flags', () => {
  test.each([
    ['an unknown format', ['stack', 'ls', '--format', 'tabel'], 'unknown format "tabel"', /Did you mean table\?/],
    ['an unknown field', ['stack', 'ls', '--format', '{{.nam}}'], 'the template names an unknown field .nam', /\.name/],
    ['half a template', ['stack', 'ls', '--format', '{{.name'], 'the template has no }} for "{{.name"', undefined],
    [
      'an unknown function',
      ['stack', 'ls', '--format', '{{uper .name}}'],
      'templates have no function "uper"',
      /upper/,
    ],
    ['an unknown column', ['stack', 'ls', '--columns', 'nam'], 'unknown column "nam"', /Did you mean name\?/],
    ['an unknown column to sort by', ['stack', 'ls', '--sort', 'nam'], 'unknown column "nam"', /Did you mean name\?/],
  ])('%s', async (_what, args, message, hint) => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const { stdout, stderr, exitCode } = await shell.berth(...args);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr.startsWith(`Error: ${message}\n`), stderr).toBe(true);
    if (hint !== undefined) expect(stderr).toMatch(hint);
  });

  test.each([
    ['--timeout', ['up', '-f', votingApp, '--timeout', 'soon'], '--timeout: "soon" is not a duration', /90s/],
    ['--timeout', ['up', '-f', votingApp, '--timeout', '0'], '--timeout: "0" is not a duration', /90s/],
    ['--timeout', ['up', '-f', votingApp, '--timeout=-3s'], '--timeout: "-3s" is not a duration', /90s/],
    ['--since', ['stack', 'logs', 'x', '--since', '10'], '--since takes a time or an age; got "10"', /10m/],
    ['--until', ['stack', 'logs', 'x', '--until', '1.2.2026'], '--until takes a time or an age; got "1.2.2026"', /10m/],
    ['--tail', ['stack', 'logs', 'x', '--tail', 'x'], '--tail takes a whole number, 0 or more; got "x"', undefined],
    ['--tail', ['stack', 'logs', 'x', '--tail', '-1'], '--tail takes a whole number, 0 or more; got "-1"', undefined],
    ['--since', ['stack', 'logs', 'x', '--since', 'eve'], '--since takes a time or an age; got "eve"', /10m/],
    ['--wait', ['up', '-f', votingApp, '--sync', '--no-wait'], '--sync and --no-wait exclude each other', undefined],
    ['a flag', ['stack', 'ls', '--bakend', 'x'], 'unknown flag: --bakend', /Did you mean --backend\?/],
    ['an argument', ['stack', 'ls', 'more'], 'unexpected argument: more', /berth stack ls --help/],
    ['quiet', ['stack', 'ls', '-q', '--format', 'csv'], '--format and --quiet exclude each other', /help/],
    ['no command', ['--no-color'], 'no command given before --no-color', /after the command/],
    [
      'two lists',
      ['compose', 'config', '--images', '--services'],
      '--images and --services exclude each other',
      /help/,
    ],
    ['--timeout', ['up', '--no-wait', '--timeout', '1s'], '--timeout and --no-wait exclude each other', /how long/],
    ['a format', ['stack', 'logs', 'x', '--format', 'csvv'], 'unknown format "csvv"', /csv/],
  ])('%s: %j', async (_what, args, message, hint) => {
    const shell = openShell();
    if (args.includes('--format')) {
      const { stdout, stderr, exitCode } = await shell.berth(...args);
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
      expect(stderr.startsWith(`Error: ${message}\n`), stderr).toBe(true);
    } else {
      await refused(shell, args, { exitCode: 2, code: 'usage', message, ...(hint && { hint }) });
    }
    expectNothingKept(shell);
  });

  test('--json and --quiet: told in a document too', async () => {
    const shell = openShell();
    const { stdout, stderr, exitCode } = await shell.berth('stack', 'ls', '--json', '-q');
    expect(errorOn(stdout)).toMatchObject({
      code: 'usage',
      message: '--json and --quiet exclude each other',
      exitCode,
    });
    expect(stderr).toBe('Error: --json and --quiet exclude each other\nHint: See `berth stack ls --help`.\n');
    const columns = await shell.berth('stack', 'ls', '--json', '--columns', 'name');
    expect(errorOn(columns.stdout)).toMatchObject({ code: 'usage', message: 'format json has no columns to choose' });
    expect([exitCode, columns.exitCode]).toEqual([2, 2]);
    expectNothingKept(shell);
  });

  describe('output that a changing command cannot give is refused before the change', () => {
    const noCsv = ['this command has no format csv', /^Use one of table, wide, json, jsonl, yaml, name, or a/] as const;
    const noField = [
      'the template names an unknown field .nope',
      /^There is: \.subject, \.action, \.plan, \.verdict\.$/,
    ] as const;
    const up = ['up', '-f', votingApp, '--prune'];
    const scale = ['service', 'scale', 'vote=4'];
    const terminate = ['stack', 'terminate', 'voting-app', '--yes'];
    const create = ['stack', 'create', '-f', votingApp, '-n', 'other'];
    const use = ['backend', 'use', 'engine'];

    test.each([
      [up, 'csv', ...noCsv],
      [up, '{{.nope}}', ...noField],
      [scale, 'csv', ...noCsv],
      [scale, '{{.action.id}} {{.nope}}', ...noField],
      [terminate, 'csv', ...noCsv],
      [terminate, '{{.nope}}', ...noField],
      [create, 'csv', ...noCsv],
      [create, '{{.nope}}', ...noField],
      [use, '{{.nope}}', 'the template names an unknown field .nope', /\.backend/],
    ])('%j --format %s', async (args, format, message, hint) => {
      const shell = openShell();
      shell.write('compose.yaml', 'name: voting-app\nservices:\n  vote:\n    image: example/vote:1.4\n');
      await shell.berth('up', '-q');
      const before = await state(shell);
      const { stdout, stderr, exitCode } = await shell.berth(...args, '--format', format);
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
      expect(stderr).toMatch(/^Error: .*\nHint: .*\n$/);
      expect(stderr.startsWith(`Error: ${message}\n`), stderr).toBe(true);
      expect(stderr.slice(stderr.indexOf('Hint: ') + 6).trimEnd()).toMatch(hint);
      expect(await state(shell)).toEqual(before);
      expect(fs.existsSync(path.join(shell.home, 'settings.json'))).toBe(false);
    });

    test('what only the result can tell is no error after the change', async () => {
      const shell = openShell();
      const run = await shell.berth('up', '-f', votingApp, '--format', '{{.subject.name}} {{.subject.nam}}.');
      expect({ stdout: run.stdout, exitCode: run.exitCode }).toEqual({ stdout: 'voting-app .\n', exitCode: 0 });
      expect(run.stderr).toMatch(
        /\nwarning: the template names an unknown field \.subject\.nam\. Did you mean \.subject\.name\?\n$/,
      );
      const plan = await shell.berth('stack', 'terminate', 'voting-app', '--dry-run', '--format', 'name');
      expect(plan).toMatchObject({ stdout: '', stderr: '', exitCode: 0 });
    });
  });

  test('--wait and --no-wait: the last one counts', async () => {
    const shell = openShell({ BERTH_SANDBOX_SPEED: '0.01' });
    const { stderr, exitCode } = await shell.berth('up', '-f', votingApp, '--wait', '--no-wait');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/Running in the background as action/);
    const waiting = await openShell().berth('up', '-f', votingApp, '--no-wait', '--wait');
    expect(waiting.exitCode).toBe(0);
    expect(waiting.stderr).toMatch(/Done by action/);
  });

  test.each([
    [
      'services: {web: {image: x, x-berth: {sandbox: burn}}}',
      {},
      2,
      'usage',
      /^services\.web\.x-berth\.sandbox: .*burn/,
    ],
    [
      'services: {web: {image: x, deploy: {placement: {constraints: ["node.role=manager"]}}}}',
      {},
      3,
      'refused',
      /^services\.web\.deploy\.placement\.constraints\[0\]: /,
    ],
    ['services: {web: {image: x}}', { BERTH_SANDBOX_FAULTS: 'node nowhere:down' }, 2, 'usage', /no node "nowhere"/],
  ])(
    'what the engine cannot do is refused before anything is stored: %s %j',
    async (file, env, exitCode, code, says) => {
      const shell = openShell();
      shell.write('compose.yaml', file);
      for (const verb of ['up', 'create']) {
        const run = await shell.berthWith(env, 'stack', verb, '-n', 'shop', '--json');
        expect({ code: errorOn(run.stdout).code, exitCode: run.exitCode }).toEqual({ code, exitCode });
        expect(errorOn(run.stdout).message).toMatch(says);
      }
      expect((await shell.berth('stack', 'ls', '-q')).stdout).toBe('');
      expect((await shell.berth('action', 'ls', '-q')).stdout).toBe('');
    },
  );

  test('terminate without a terminal and without --yes', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const before = await state(shell);
    await refused(shell, ['stack', 'terminate', 'voting-app'], {
      exitCode: 2,
      code: 'usage',
      message: 'there is no terminal to ask on',
      hint: /--yes/,
    });
    expect(await state(shell)).toEqual(before);
  });
});
