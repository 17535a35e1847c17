import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Project } from '../../../src/lib/compose/project.js';
import { releaseChanges } from '../../../src/lib/plan/diff.js';
import { marker, planted, shownThroughout, web } from './planted.js';
import { project, shop, withService } from './sample.js';

describe('changes between releases', () => {
  test('are told field by field, by path', () => {
    const { db } = shop.services;
    const after: Project = {
      ...withService('web', { image: 'web:2', deploy: { replicas: 3 }, command: null, tty: true }),
      networks: { default: { name: 'shop_default', driver: 'overlay' } },
    };
    const { db: _gone, ...services } = after.services;
    expect(releaseChanges(shop, { ...after, services }, false)).toEqual([
      { path: 'networks.default.driver', before: null, after: 'overlay' },
      { path: 'networks.outside.external', before: 'true', after: null },
      { path: 'networks.outside.name', before: 'outside', after: null },
      { path: 'networks.unused.name', before: 'unused', after: null },
      { path: 'services.db.image', before: db?.image, after: null },
      { path: 'services.db.networks.default', before: 'null', after: null },
      {
        path: 'services.db.volumes',
        before: '[{"source":"data","target":"/data","type":"volume"}]',
        after: null,
      },
      { path: 'services.web.deploy.replicas', before: '2', after: '3' },
      { path: 'services.web.image', before: 'web:1', after: 'web:2' },
      { path: 'services.web.tty', before: null, after: 'true' },
    ]);
  });

  test('hide what may be secret, and show it when asked', () => {
    const before = project({
      web: { image: 'a', environment: { KEY: 'one', NONE: null }, command: ['run', '-p', 'x'] },
    });
    const after = project(
      { web: { image: 'a', environment: { KEY: 'two', NEW: 'three', NONE: 'null' }, labels: { l: 'four' } } },
      { configs: { site: { name: 'c', content: 'five' } } },
    );
    expect(releaseChanges(before, after, false)).toEqual([
      { path: 'configs.site.content', before: null, after: '***' },
      { path: 'configs.site.name', before: null, after: 'c' },
      { path: 'services.web.command', before: '***', after: null },
      { path: 'services.web.environment.KEY', before: '***', after: '***' },
      { path: 'services.web.environment.NEW', before: null, after: '***' },
      { path: 'services.web.environment.NONE', before: '***', after: '***' },
      { path: 'services.web.labels.l', before: null, after: '***' },
    ]);
    expect(releaseChanges(before, after, true)).toContainEqual({
      path: 'services.web.environment.KEY',
      before: 'one',
      after: 'two',
    });
    expect(releaseChanges(before, after, true)).toContainEqual({
      path: 'services.web.command',
      before: '["run","-p","x"]',
      after: null,
    });
  });

  test('hide what berth does not know to be no secret', () => {
    const after: Project = {
      ...project({
        web: {
          image: 'web:1',
          build: { context: 'https://user:token@example.test/web.git', dockerfile_inline: 'RUN login token' },
          deploy: { resources: { limits: { memory: '64M' } }, ...{ 'x-token': 'token' } },
          logging: { driver: 'syslog', options: { 'syslog-address': 'tcp://token@example.test' } },
          expose: ['80'],
          ports: [{ target: 80, ...{ 'x-token': 'token' } }],
          'x-env': { API_KEY: 'token', COUNT: 7 },
          'x-berth': { health_url: 'https://token@example.test' },
        },
      }),
      'x-common-env': { DB_PASSWORD: 'token' },
    };
    const shown = releaseChanges(project({ web: { image: 'web:1' } }), after, false).map(
      ({ path, after: value }) => `${path} ${value ?? '-'}`,
    );
    expect(shown).toEqual([
      'services.web.build.context ***',
      'services.web.build.dockerfile_inline ***',
      'services.web.deploy.resources.limits.memory 64M',
      'services.web.deploy.x-token ***',
      'services.web.expose ["80"]',
      'services.web.logging.driver syslog',
      'services.web.logging.options.syslog-address ***',
      'services.web.ports ***',
      'services.web.x-berth.health_url ***',
      'services.web.x-env.API_KEY ***',
      'services.web.x-env.COUNT ***',
      'x-common-env.DB_PASSWORD ***',
    ]);
  });

  test('show all that is known to be no secret', () => {
    const { environment: _environment, ...shown } = web;
    const changes = releaseChanges(project({}), { ...shownThroughout, services: { web: shown } }, false);
    expect(changes.filter(({ after }) => after === '***')).toEqual([]);
    expect(changes).toContainEqual({
      path: 'networks.front.ipam.config',
      before: null,
      after: '[{"subnet":"10.0.0.0/24"}]',
    });
  });

  test('never show a value under a key that berth does not know, wherever it stands', () => {
    const nothing = project({});
    fc.assert(
      fc.property(planted(shownThroughout), (after) => {
        expect(JSON.stringify(after)).toContain(marker);
        const there = releaseChanges(shownThroughout, after, false);
        const back = releaseChanges(after, nothing, false);
        expect([...there, ...back].map((change) => [change.before, change.after]).join('\n')).not.toContain(marker);
        expect(JSON.stringify(releaseChanges(shownThroughout, after, true))).toContain(marker);
      }),
      { numRuns: 500 },
    );
  });

  test('a service that is called like an attribute is shown', () => {
    const before = project({ environment: { image: 'a:1' } });
    const after = project({ environment: { image: 'a:2' } });
    expect(releaseChanges(before, after, false)).toEqual([
      { path: 'services.environment.image', before: 'a:1', after: 'a:2' },
    ]);
  });

  test('are the reverse of each other, sorted, and none where nothing differs', () => {
    const definition = fc.record(
      {
        image: fc.constantFrom('a', 'b'),
        environment: fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('1', '2', null)),
        command: fc.constantFrom(null, ['x'], ['y']),
        deploy: fc.record({ replicas: fc.nat(3) }, { requiredKeys: [] }),
        ports: fc.array(fc.record({ target: fc.integer({ min: 1, max: 3 }) })),
      },
      { requiredKeys: [] },
    );
    const projects = fc.dictionary(fc.constantFrom('web', 'db'), definition).map((services) => project(services));
    fc.assert(
      fc.property(projects, projects, (one, other) => {
        const there = releaseChanges(one, other, true);
        const back = releaseChanges(other, one, true);
        expect(back).toEqual(there.map(({ path, before, after }) => ({ path, before: after, after: before })));
        expect(there.map(({ path }) => path)).toEqual(there.map(({ path }) => path).sort());
        expect(releaseChanges(one, structuredClone(one), true)).toEqual([]);
      }),
    );
  });
});
