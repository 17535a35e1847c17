import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Service } from '../../../../../../src/lib/compose/project.js';
import { createBody } from '../../../../../../src/lib/control/engines/docker/spec/create-body.js';
import { inspectedContainer } from '../../../../../../src/lib/control/engines/docker/spec/inspect.js';
import { liveService, type LiveNames } from '../../../../../../src/lib/control/engines/docker/spec/live.js';
import { arbitraryService } from './arbitrary-service.js';
import { fakeInspect, image, scope, serviceResource } from './fake-inspect.js';

const names: LiveNames = {
  service: 'web',
  stems: ['shop-web-', 'shop_web_'],
  networkKey: (name) => name.replace(/^shop_/, ''),
  volumeKey: (name) => name.replace(/^shop_/, ''),
  serviceOf: () => undefined,
  defaults: { logDriver: 'json-file', runtime: 'runc', cgroup: 'host', hostname: 'machine' },
};

/** A service as a container made from it tells it. */
function thereAndBack(definition: Service, apiVersion: readonly [number, number] = [1, 51]): Service {
  const service = serviceResource(definition);
  const plan = createBody({ scope, service, slot: 2, apiVersion, epoch: 7, imageId: 'sha256:image', files: {} });
  const container = inspectedContainer(fakeInspect(plan));
  if (container === null) throw new Error('the fake says nothing');
  return liveService(container, image, names);
}

describe('a container and back', () => {
  test('what a container is made from is read from it', () => {
    fc.assert(
      fc.property(arbitraryService, (definition) => {
        expect(thereAndBack(definition)).toEqual(definition);
      }),
      { numRuns: 500 },
    );
  });

  test('what a container says makes the same container again', () => {
    fc.assert(
      fc.property(arbitraryService, fc.constantFrom(41, 43, 44, 51), (definition, minor) => {
        const once = thereAndBack(definition, [1, minor]);
        expect(thereAndBack(once, [1, minor])).toEqual(once);
      }),
      { numRuns: 200 },
    );
  });

  test.each<[string, Service, Service]>([
    [
      'limits of the service are those of deploy',
      { mem_limit: '1048576', cpus: 0.5, pids_limit: 9 },
      { deploy: { resources: { limits: { cpus: '0.5', memory: '1048576', pids: 9 } } } },
    ],
    ['a policy is a word', { deploy: { restart_policy: { condition: 'any' } } }, { restart: 'unless-stopped' }],
    ['attempts are of failures', { deploy: { restart_policy: { max_attempts: 3 } } }, { restart: 'on-failure:3' }],
    [
      'gpus are devices',
      { gpus: [{ count: -1 }] },
      { deploy: { resources: { reservations: { devices: [{ capabilities: ['gpu'], count: -1 }] } } } },
    ],
    [
      'what is the image’s is left out',
      { user: 'image-user', command: ['image-command'], environment: { FROM_IMAGE: 'yes' } },
      {},
    ],
    ['an entrypoint that is emptied', { entrypoint: [], command: ['x'] }, { entrypoint: [], command: ['x'] }],
    [
      'the entrypoint of the image without its command',
      { entrypoint: ['image-entrypoint'] },
      { entrypoint: ['image-entrypoint'] },
    ],
    ['a variable that is not set', { environment: { A: null, B: 'b' } }, { environment: { B: 'b' } }],
    ['a link', { external_links: ['other:db'] }, { external_links: ['other:db'] }],
  ])('%s', (_what, definition, expected) => {
    const networks = { networks: { default: null } };
    expect(thereAndBack({ image: 'app', ...definition, ...networks })).toEqual({
      image: 'app',
      ...expected,
      ...networks,
    });
  });
});
