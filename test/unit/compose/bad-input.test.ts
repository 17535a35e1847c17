import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ComposeError } from '../../../src/lib/compose/errors.js';
import { loadProject } from '../../../src/lib/compose/load.js';
import { isBerthError } from '../../../src/lib/port/errors.js';
import { loadText, rejection, temporaryProject } from './temporary-project.js';

async function inputError(promise: Promise<unknown>): Promise<ComposeError> {
  const error = await rejection(promise);
  expect(isBerthError(error)).toBe(true);
  if (error instanceof ComposeError) return error;
  throw error;
}

/** What is wrong, the message, line and column, and the hint where there is one. */
const wrong: readonly [what: string, text: string, message: string, line: number, column: number, hint?: string][] = [
  [
    'unknown key',
    'services:\n  web:\n    imagee: a\n',
    "services.web: additional properties 'imagee' not allowed",
    3,
    5,
    'did you mean "image"?',
  ],
  [
    'unknown section',
    'service:\n  web: {}\n',
    "additional properties 'service' not allowed",
    1,
    1,
    'did you mean "services"?',
  ],
  [
    'a file without services:',
    'web:\n  image: a\n',
    "additional properties 'web' not allowed",
    1,
    1,
    'move "web" under "services:"',
  ],
  [
    'duplicate key',
    'services:\n  web:\n    image: a\n    image: b\n',
    'mapping key "image" already defined at line 3',
    4,
    5,
  ],
  [
    'missing image',
    'services:\n  web:\n    hostname: a\n',
    'service "web" has neither an image nor a build context',
    2,
    3,
  ],
  [
    'unset variable',
    'services:\n  web:\n    image: ${TAG:?which}\n',
    'required variable TAG is missing a value: which',
    3,
    12,
    'set TAG in the environment or in the .env file',
  ],
  ['bad template', 'services:\n  web:\n    image: a${\n', 'invalid interpolation format for services.web.image', 3, 12],
  [
    'port out of range',
    'services:\n  web:\n    image: a\n    ports:\n      - "80"\n      - "70000:80"\n',
    'services.web.ports[1]: port 70000 is out of range (1-65535)',
    6,
    9,
  ],
  [
    'long port out of range',
    'services:\n  web:\n    image: a\n    ports:\n      - target: 70000\n',
    'services.web.ports[0].target: port 70000 is out of range',
    5,
    17,
  ],
  [
    'dependency cycle',
    'services:\n  a:\n    image: a\n    depends_on: [b]\n  b:\n    image: b\n    depends_on: [a]\n',
    'dependency cycle detected: a -> b -> a',
    7,
    18,
  ],
  [
    'undefined service',
    'services:\n  a:\n    image: a\n    depends_on: [bd]\n  db: {image: b}\n',
    'service "a" depends on undefined service "bd"',
    4,
    18,
    'did you mean "db"?',
  ],
  [
    'undefined network',
    'services:\n  a:\n    image: a\n    networks: [fornt]\nnetworks: {front: }\n',
    'service "a" refers to undefined network fornt',
    4,
    16,
    'did you mean "front"?',
  ],
  [
    'undefined volume',
    'services:\n  a:\n    image: a\n    volumes:\n      - data:/d\n',
    'service "a" refers to undefined volume data',
    5,
    9,
  ],
  [
    'undefined secret',
    'services:\n  a: {image: a, secrets: [key]}\n',
    'service "a" refers to undefined secret key',
    2,
    27,
  ],
  [
    'undefined config',
    'services:\n  a: {image: a, configs: [conf]}\n',
    'service "a" refers to undefined config conf',
    2,
    27,
  ],
  ['wrong type', 'services:\n  a:\n    image: a\n    ports: 80\n', 'services.a.ports must be a array', 4, 12],
  [
    'wrong word',
    'services:\n  a:\n    image: a\n    deploy:\n      update_config: {order: startfirst}\n',
    "value must be one of 'start-first', 'stop-first'",
    5,
    30,
    'did you mean "start-first"?',
  ],
  [
    'bad duration',
    'services:\n  a:\n    image: a\n    stop_grace_period: 1y\n',
    'services.a.stop_grace_period: unknown unit "y" in duration "1y"',
    4,
    24,
  ],
  [
    'bad size',
    'services:\n  a:\n    image: a\n    mem_limit: 12x\n',
    "services.a.mem_limit: invalid size: '12x'",
    4,
    16,
  ],
  [
    'negative replicas',
    'services:\n  a:\n    image: a\n    scale: -1\n',
    'services.a.scale: must be greater than or equal to 0',
    4,
    12,
  ],
  [
    'half a replica',
    'services:\n  a:\n    image: a\n    deploy: {replicas: 1.5}\n',
    'services.a.deploy.replicas must be a integer',
    4,
    24,
  ],
  [
    'word for a number',
    'services:\n  a:\n    image: a\n    scale: "three"\n',
    'services.a.scale: failed to cast to expected type',
    4,
    12,
  ],
  [
    'unbalanced quote',
    'services:\n  a:\n    image: a\n    command: "echo \'x"\n',
    'services.a.command: invalid command line string',
    4,
    14,
  ],
  ['missing env_file', 'services:\n  a:\n    image: a\n    env_file: [nope.env]\n', 'nope.env not found', 4, 16],
  [
    'missing base file',
    'services:\n  a:\n    extends: {file: base.yaml, service: x}\n',
    'open base.yaml: no such file or directory',
    3,
    21,
  ],
  ['unknown base', 'services:\n  a:\n    extends: {service: x}\n', 'service "x" not found', 3, 24],
  ['circular extends', 'services:\n  a: {extends: b}\n  b: {extends: a}\n', 'Circular reference:', 3, 16],
  ['missing include', 'include: [nope.yaml]\nservices: {}\n', 'open nope.yaml: no such file or directory', 1, 11],
  [
    'remote include',
    'include: ["https://example.com/a.yaml"]\nservices: {}\n',
    'remote files are not supported yet: https://example.com/a.yaml',
    1,
    11,
  ],
  ['including itself', 'include: [compose.yaml]\nservices: {}\n', 'include cycle detected', 1, 11],
  [
    'two sources',
    'services: {}\nsecrets:\n  s: {file: a, environment: B}\n',
    'secrets.s: file|environment attributes are mutually exclusive',
    3,
    3,
  ],
  [
    'no source',
    'services: {}\nconfigs:\n  c:\n    name: x\n',
    'configs.c: one of file|environment|content must be set',
    3,
    3,
  ],
  [
    'external with a driver',
    'services: {}\nvolumes:\n  v:\n    external: true\n    driver: x\n',
    'conflicting parameters "external" and "driver" specified',
    5,
    5,
  ],
  [
    'network mode and networks',
    'services:\n  a: {image: a, network_mode: host, networks: [n]}\nnetworks: {n: }\n',
    'mutually exclusive `network_mode` and `networks`',
    2,
    31,
  ],
  [
    'same container name',
    'services:\n  a: {image: a, container_name: xx}\n  b: {image: a, container_name: xx}\n',
    'container name "xx" is already in use by service "a"',
    3,
    33,
  ],
];

describe('what is wrong in a file', () => {
  test.each(wrong)('%s', async (_, text, message, line, column, hint) => {
    const error = await inputError(loadText(text));
    expect(error.message).toContain(message);
    expect(error.position).toMatchObject({ file: 'compose.yaml', line, column });
    expect(error.position?.excerpt).toBe(text.split('\n')[line - 1]);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });

  test('an error of a merged list is shown in the file that has the item', async () => {
    const cwd = temporaryProject({
      'a.yaml': 'services:\n  web:\n    image: a\n    ports:\n      - "80:80"\n',
      'b.yaml': 'services:\n  web:\n    ports: ["81:81", "x:82"]\n',
    });
    const error = await inputError(loadProject({ cwd, env: {}, files: ['a.yaml', 'b.yaml'] }));
    expect(error.message).toBe('services.web.ports[2]: Invalid hostPort: x');
    expect(error.position).toMatchObject({ file: 'b.yaml', line: 3, column: 22 });
  });
});

describe('files', () => {
  test('none is found: names what was looked for and where', async () => {
    const cwd = temporaryProject({});
    const error = await inputError(loadProject({ cwd, env: {} }));
    expect(error.message).toBe('no configuration file provided: not found');
    expect(error.hint).toContain('compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml');
    expect(error.hint).toContain(cwd);
  });

  test.each(['', '# nothing\n', '---\n'])('empty: %j', async (text) => {
    const error = await inputError(loadText(text));
    expect(error.message).toBe('empty compose file');
    expect(error.position?.file).toBe('compose.yaml');
  });

  test('a directory', async () => {
    const cwd = temporaryProject({ 'compose.yaml/x': '' });
    for (const options of [{ files: ['compose.yaml'] }, {}]) {
      const error = await inputError(loadProject({ cwd, env: {}, ...options }));
      expect(error.message).toBe('open compose.yaml: is a directory, not a file');
    }
  });

  test.skipIf(process.getuid?.() === 0)('unreadable (root reads everything)', async () => {
    const cwd = temporaryProject({ 'compose.yaml': 'services: {}' });
    chmodSync(join(cwd, 'compose.yaml'), 0);
    const error = await inputError(loadProject({ cwd, env: {} }));
    expect(error.message).toBe('open compose.yaml: permission denied');
  });

  test('missing', async () => {
    const error = await inputError(loadProject({ cwd: temporaryProject({}), env: {}, files: ['nope.yaml'] }));
    expect(error.message).toBe('open nope.yaml: no such file or directory');
    expect(error.position?.file).toBe('nope.yaml');
  });

  test('not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from('services:\n  a:\n    image: "'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"\n'),
    ]);
    const error = await inputError(loadProject({ cwd: temporaryProject({ 'compose.yaml': bytes }), env: {} }));
    expect(error.message).toBe('compose.yaml is not valid UTF-8');
    expect(error.position).toMatchObject({ line: 3, column: 13 });
  });

  test('a bad line of .env', async () => {
    const cwd = temporaryProject({ 'compose.yaml': 'services: {}\n', '.env': 'A=1\nB C=2\n' });
    const error = await inputError(loadProject({ cwd, env: {} }));
    expect(error.message).toContain('line 2: key cannot contain a space');
    expect(error.position).toMatchObject({ file: join(cwd, '.env'), line: 2, excerpt: 'B C=2' });
  });

  test('a bad file below an included one is named', async () => {
    const cwd = temporaryProject({ 'compose.yaml': 'include: [sub/compose.yaml]\n' });
    mkdirSync(join(cwd, 'sub'));
    writeFileSync(join(cwd, 'sub/compose.yaml'), 'services:\n  a:\n    imag: x\n');
    const error = await inputError(loadProject({ cwd, env: {} }));
    expect(error.position).toMatchObject({ file: 'sub/compose.yaml', line: 3, column: 5 });
  });
});

test.each(['My Project', 'a.b', '-x', ''])('the name %j is refused or ignored', async (name) => {
  const promise = loadText('services: {}\n', { projectName: name });
  expect((await inputError(promise)).message).toContain(`invalid project name "${name}"`);
});

test('an unknown service is named with the nearest one', async () => {
  const error = await inputError(loadText('services: {web: {image: a}}\n', { services: ['wbe'] }));
  expect(error.message).toBe('no such service: wbe');
  expect(error.hint).toBe('did you mean "web"?');
});
