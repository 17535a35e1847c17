import { describe, expect, test } from 'vitest';
import { checkProcessTypes, processesNamed } from '../../../src/lib/cli/process-names.js';
import type { Container } from '../../../src/lib/port/containers.js';

function replica(service: string, slot: number): Container {
  return {
    id: `${service}-${slot}-id`,
    name: `${service}-${slot}`,
    service,
    stack: 'shop',
    namespace: 'default',
    state: 'Running',
    health: null,
    image: 'app:1',
    command: null,
    exitCode: null,
    message: null,
    restarts: 0,
    node: null,
    ports: [],
    createdAt: '2026-03-01T12:00:00Z',
    startedAt: null,
    stoppedAt: null,
  };
}

const running = [replica('web', 1), replica('web', 2), replica('web-api', 1), replica('web.api', 1)];
const found = (word: string | undefined): readonly string[] => processesNamed(running, word).map(({ name }) => name);

describe('processes', () => {
  test.each([
    [undefined, ['web-1', 'web-2', 'web-api-1', 'web.api-1']],
    ['web', ['web-1', 'web-2']],
    ['web.2', ['web-2']],
    ['web-2', ['web-2']],
    ['web-api', ['web-api-1']],
    ['web-api.1', ['web-api-1']],
    ['web.api', ['web.api-1']],
    ['web.api.1', ['web.api-1']],
  ])('%j', (word, names) => {
    expect(found(word)).toEqual(names);
  });

  test.each([
    ['wbe', 'Did you mean web?'],
    ['wbe.1', 'Did you mean web?'],
    ['web.3', 'List them with `berth ps ls`.'],
    ['database', 'It has processes of the types web, web-api, web.api.'],
  ])('%s is not there: %s', (word, hint) => {
    expect(() => found(word)).toThrow(
      expect.objectContaining({ code: 'not_found', message: `no process ${JSON.stringify(word)}`, hint }),
    );
  });

  test('of an app that runs nothing are none', () => {
    expect(processesNamed([], undefined)).toEqual([]);
    expect(() => processesNamed([], 'web')).toThrow(expect.objectContaining({ hint: 'The app has no processes.' }));
  });
});

describe('process types to scale', () => {
  const shop = { name: 'shop', services: ['web', 'worker'] };
  const check = (service: string, app = shop) => {
    checkProcessTypes([{ service, replicas: 3 }], app, 'apps scale');
  };

  test('are those of the app', () => {
    expect(() => {
      check('worker');
    }).not.toThrow();
  });

  test.each([
    ['wbe', shop, 'Did you mean `berth apps scale -a shop web=3`?'],
    ['database', shop, 'It has web, worker.'],
    ['web', { name: 'shop', services: [] }, 'It has none.'],
  ])('%s is not there', (service, app, hint) => {
    const message = `the app shop has no process type ${JSON.stringify(service)}`;
    expect(() => {
      check(service, app);
    }).toThrow(expect.objectContaining({ code: 'not_found', message, hint }));
  });
});
