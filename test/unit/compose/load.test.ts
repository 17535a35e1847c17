import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/compose/load.js';
import { loadText, rejection, temporaryProject } from './temporary-project.js';

describe('the canonical form', () => {
  test('a service with everything in short form', async () => {
    const { project, directory, warnings } = await loadText(
      `
version: "3"
services:
  web:
    build: .
    command: npm run "start all"
    environment: [A=1, B, C]
    env_file: web.env
    ports: ["8080:80"]
    volumes: [data:/d, "./src:/src:ro"]
    depends_on: [db]
    networks: [front]
    secrets: [key]
    healthcheck: {test: curl x, interval: 90s, retries: "3"}
    deploy: {replicas: "2", resources: {limits: {memory: 64m}}}
    mem_limit: 64m
    labels: [x=y, z]
  db: {image: postgres, links: [cache], expose: [5432]}
  cache: {image: redis}
networks: {front: , unused: }
volumes: {data: , other: {external: true}}
secrets: {key: {file: ./key.txt}}
`,
      { env: { B: 'from outside' } },
      { 'web.env': 'A=low\nD=4\n' },
    );
    expect(warnings).toEqual(['compose.yaml: the attribute `version` is obsolete, it will be ignored']);
    expect(project).toEqual({
      name: 'project',
      services: {
        web: {
          build: { context: directory, dockerfile: 'Dockerfile' },
          command: ['npm', 'run', 'start all'],
          environment: { A: '1', D: '4', B: 'from outside', C: null },
          ports: [{ mode: 'ingress', target: 80, published: '8080', protocol: 'tcp' }],
          volumes: [
            { type: 'volume', source: 'data', target: '/d', volume: {} },
            {
              type: 'bind',
              source: join(directory, 'src'),
              target: '/src',
              read_only: true,
              bind: { create_host_path: true },
            },
          ],
          depends_on: { db: { condition: 'service_started', required: true } },
          networks: { front: null },
          secrets: [{ source: 'key', target: '/run/secrets/key' }],
          healthcheck: { test: ['CMD-SHELL', 'curl x'], interval: '1m30s', retries: 3 },
          deploy: { replicas: 2, resources: { limits: { memory: '67108864' } } },
          mem_limit: '67108864',
          labels: { x: 'y', z: '' },
        },
        db: {
          image: 'postgres',
          links: ['cache'],
          expose: ['5432'],
          depends_on: { cache: { condition: 'service_started', required: true, restart: true } },
          networks: { default: null },
        },
        cache: { image: 'redis', networks: { default: null } },
      },
      networks: { default: { name: 'project_default' }, front: { name: 'project_front' } },
      volumes: { data: { name: 'project_data' } },
      secrets: { key: { name: 'project_key', file: join(directory, 'key.txt') } },
    });
  });

  test('without interpolation, texts with variables are kept whole', async () => {
    const service = '{image: "$I", ports: ["${P:-1}:80"], volumes: ["$D/x:/x"], mem_limit: "$M", command: "a $b"}';
    const { project } = await loadText(`services: {web: ${service}}\n`, { interpolate: false });
    expect(project.services['web']).toMatchObject({
      image: '$I',
      ports: ['${P:-1}:80'],
      volumes: ['$D/x:/x'],
      mem_limit: '$M',
      command: ['a', '$b'],
    });
  });

  test('the switches leave stages out', async () => {
    const text = 'services: {web: {build: ., env_file: a.env, depends_on: [nope], image: "${X}"}}\nnetworks: {n: }\n';
    const options = { normalize: false, consistency: false, resolvePaths: false, resolveEnvironment: false };
    const { project } = await loadText(text, { ...options, interpolate: false, allResources: true });
    expect(project).toEqual({
      name: 'project',
      services: {
        web: {
          build: { context: '.' },
          env_file: [{ path: 'a.env' }],
          depends_on: { nope: { condition: 'service_started', required: true } },
          image: '${X}',
        },
      },
      networks: { n: null },
    });
  });
});

describe('files', () => {
  const image = (name: string): string => `services: {web: {image: ${name}}}\n`;

  async function imageOf(files: Readonly<Record<string, string>>, options: object = {}): Promise<unknown> {
    const cwd = temporaryProject(files);
    const { project } = await loadProject({ cwd, env: {}, ...options });
    return project.services['web']?.image;
  }

  test('the first default name, with a warning, and the first override', async () => {
    const cwd = temporaryProject({
      'compose.yml': image('second'),
      'docker-compose.yml': image('third'),
      'compose.override.yml': 'services: {web: {user: first}}',
      'compose.override.yaml': 'services: {web: {user: second}}',
    });
    const { project, files, warnings } = await loadProject({ cwd, env: {} });
    expect(project.services['web']).toMatchObject({ image: 'second', user: 'first' });
    expect(files).toEqual([join(cwd, 'compose.yml'), join(cwd, 'compose.override.yml')]);
    expect(warnings).toHaveLength(2);
  });

  test('a parent directory is the project directory', async () => {
    const directory = temporaryProject({ 'compose.yaml': image('a'), 'sub/x/y': '' });
    const loaded = await loadProject({ cwd: join(directory, 'sub/x'), env: {} });
    expect(loaded.workingDirectory).toBe(directory);
    expect(loaded.project.name).toBe('project');
  });

  test('several -f: merged in order, paths of the first file, no override', async () => {
    const directory = temporaryProject({
      'a/compose.yaml': 'services: {web: {image: a, volumes: ["./x:/x"]}}',
      'a/compose.override.yaml': image('never'),
      'b/other.yaml': 'services: {web: {volumes: ["./y:/y"]}}',
    });
    const { project } = await loadProject({
      cwd: directory,
      env: {},
      files: ['a/compose.yaml', 'b/other.yaml'],
    });
    const sources = project.services['web']?.volumes?.map(({ source }) => source);
    expect(sources).toEqual([join(directory, 'a/x'), join(directory, 'a/y')]);
  });

  test('standard input', async () => {
    const cwd = temporaryProject({});
    const { project, files } = await loadProject({
      cwd,
      env: {},
      files: ['-'],
      readStdin: () => Promise.resolve(image('stdin')),
    });
    expect(project.services['web']?.image).toBe('stdin');
    expect(files).toEqual(['-']);
  });

  test('COMPOSE_FILE, from the environment or .env, with its separator; -f beats it', async () => {
    const files = { 'a.yaml': image('a'), 'b.yaml': image('b'), 'compose.yaml': image('c') };
    expect(await imageOf(files, { env: { COMPOSE_FILE: 'a.yaml:b.yaml' } })).toBe('b');
    expect(await imageOf(files, { env: { COMPOSE_FILE: 'b.yaml,a.yaml', COMPOSE_PATH_SEPARATOR: ',' } })).toBe('a');
    expect(await imageOf({ ...files, '.env': 'COMPOSE_FILE=b.yaml' })).toBe('b');
    expect(await imageOf(files, { env: { COMPOSE_FILE: 'a.yaml' }, files: ['b.yaml'] })).toBe('b');
  });

  test('several documents are merged; a file without services loads', async () => {
    const { project } = await loadText('services: {a: {image: a}}\n---\nservices: {a: {user: u}}\n');
    expect(project.services['a']).toMatchObject({ image: 'a', user: 'u' });
    expect((await loadText('volumes: {v: }\n')).project.services).toEqual({});
  });
});

describe('variables', () => {
  const text = 'name: ${NAME-fallback}\nservices: {web: {image: "a:${TAG}"}}\n';

  test('the environment beats --env-file, which replaces .env', async () => {
    const files = { '.env': 'TAG=dot\nNAME=n', 'b.env': 'TAG=b', 'c.env': 'TAG=c' };
    const tag = async (options: object): Promise<unknown> =>
      (await loadText(text, options, files)).project.services['web']?.image;
    expect(await tag({})).toBe('a:dot');
    expect(await tag({ env: { TAG: '' } })).toBe('a:');
    expect(await tag({ envFiles: ['b.env', 'c.env'] })).toBe('a:c');
    expect(await tag({ env: { COMPOSE_ENV_FILES: 'c.env,b.env' } })).toBe('a:b');
    expect(await tag({ env: { COMPOSE_DISABLE_ENV_FILE: '1', TAG: 'x' } })).toBe('a:x');
    expect(await rejection(tag({ envFiles: ['nope.env'] }))).toMatchObject({ code: 'input' });
  });

  test('an unset one is blank, said once', async () => {
    const { project, warnings, variables } = await loadText(`${text}x-a: $TAG\n`);
    expect(project.services['web']?.image).toBe('a:');
    expect(warnings).toEqual(['The "TAG" variable is not set. Defaulting to a blank string.']);
    expect(variables).toEqual([
      { name: 'NAME', defaultValue: 'fallback', alternateValue: null, required: false },
      { name: 'TAG', defaultValue: null, alternateValue: null, required: false },
    ]);
  });

  test('texts are cast to what the attribute is', async () => {
    const { project, warnings } = await loadText(
      'services: {web: {image: a, tty: "${T}", cpus: "${C}", scale: "2", read_only: "yes"}}',
      { env: { T: 'true', C: '0.5' } },
    );
    expect(project.services['web']).toMatchObject({ tty: true, cpus: 0.5, scale: 2, read_only: true });
    expect(warnings).toEqual([expect.stringContaining('services.web.read_only')]);
  });
});

describe('the project name', () => {
  test.each([
    ['the flag', { projectName: 'flag', env: { COMPOSE_PROJECT_NAME: 'env' } }, 'name: file\nservices: {}', 'flag'],
    ['the environment', { env: { COMPOSE_PROJECT_NAME: 'env' } }, 'name: file\nservices: {}', 'env'],
    ['the file, made a name', { env: { COMPOSE_PROJECT_NAME: '' } }, 'name: My.File\nservices: {}', 'myfile'],
    ['the directory', {}, 'services: {}', 'project'],
  ])('%s', async (_, options, text, name) => {
    const { project } = await loadText(`${text}\nx-name: \${COMPOSE_PROJECT_NAME}\n`, options);
    expect(project.name).toBe(name);
    expect(project['x-name']).toBe(name);
  });
});

describe('profiles and selection', () => {
  const text = `
services:
  web: {image: a, depends_on: {db: {condition: service_started}}}
  db: {image: b, volumes: ["data:/d"]}
  debug: {image: c, profiles: [debug], volumes: ["more:/m"]}
  broken: {image: d, profiles: [never], depends_on: [nope]}
volumes: {data: , more: }
`;
  async function names(options: object): Promise<{ services: string[]; volumes: string[] }> {
    const { project } = await loadText(text, options);
    return { services: Object.keys(project.services), volumes: Object.keys(project.volumes ?? {}) };
  }

  test('services of inactive profiles are left out, with what only they use', async () => {
    expect(await names({})).toEqual({ services: ['web', 'db'], volumes: ['data'] });
    expect(await names({ profiles: ['debug'] })).toEqual({
      services: ['web', 'db', 'debug'],
      volumes: ['data', 'more'],
    });
    expect((await names({ env: { COMPOSE_PROFILES: ' x, debug ' } })).services).toContain('debug');
  });

  test('an active profile brings its mistakes', async () => {
    expect(await rejection(names({ profiles: ['*'] }))).toMatchObject({
      message: 'service "broken" depends on undefined service "nope"',
    });
  });

  test('named services come with what they depend on, whatever their profile', async () => {
    expect(await names({ services: ['web'] })).toEqual({ services: ['web', 'db'], volumes: ['data'] });
    expect(await names({ services: ['debug'] })).toEqual({ services: ['debug'], volumes: ['more'] });
  });
});

describe('extends, include and tags', () => {
  test('a base in another file keeps its directory', async () => {
    const { project, directory } = await loadText(
      'services:\n  web:\n    extends: {file: base/base.yaml, service: b}\n    environment: {B: 2}\n    ports: !reset null\n',
      {},
      {
        'base/base.yaml':
          'services:\n  a: {image: a, environment: [A=1]}\n  b: {extends: a, build: ./x, ports: ["80"]}\n',
      },
    );
    expect(project.services['web']).toEqual({
      image: 'a',
      build: { context: join(directory, 'base/x'), dockerfile: 'Dockerfile' },
      environment: { A: '1', B: '2' },
      networks: { default: null },
    });
  });

  test('an included project has its own directory and .env; local values win', async () => {
    const { project, directory, files } = await loadText(
      'include: [{path: sub/compose.yaml}]\nservices: {db: {user: local}}\n',
      { env: { BOTH: 'outside' } },
      {
        'sub/compose.yaml':
          'name: ignored\nservices: {db: {image: "i:${OWN}-${BOTH}", user: sub, volumes: ["./d:/d"]}}\n',
        'sub/.env': 'OWN=own\nBOTH=own\n',
      },
    );
    expect(project.name).toBe('project');
    expect(project.services['db']).toMatchObject({ image: 'i:own-outside', user: 'local' });
    expect(project.services['db']?.volumes?.[0]?.source).toBe(join(directory, 'sub/d'));
    expect(files).toEqual([join(directory, 'compose.yaml'), join(directory, 'sub/compose.yaml')]);
  });

  test('a later file resets and overrides', async () => {
    const cwd = temporaryProject({
      'a.yaml': 'services: {web: {image: a, command: x, ports: ["80"], environment: {A: 1, B: 2}}, old: {image: b}}',
      'b.yaml':
        'services: {web: {command: !reset null, ports: !override ["81"], environment: {A: !reset null}}, old: !reset null}',
    });
    const { project } = await loadProject({ cwd, env: {}, files: ['a.yaml', 'b.yaml'] });
    expect(project.services).toEqual({
      web: {
        image: 'a',
        ports: [{ mode: 'ingress', target: 81, protocol: 'tcp' }],
        environment: { B: '2' },
        networks: { default: null },
      },
    });
  });
});

test('a chain of 2,000 dependencies is no recursion', async () => {
  const services = Array.from({ length: 2000 }, (_, at) =>
    at === 0 ? '  s0: {image: a}' : `  s${at}: {image: a, depends_on: [s${at - 1}]}`,
  );
  const { project } = await loadText(`services:\n${services.reverse().join('\n')}\n`, { services: ['s1999'] });
  expect(Object.keys(project.services)).toHaveLength(2000);
});
