import { join } from 'node:path';
import Libsql from 'libsql';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { intentSchema, stepBodySchema } from '../../../../src/lib/control/store/json-column.js';
import type { Intent } from '../../../../src/lib/plan/intent.js';
import type { StepBody } from '../../../../src/lib/plan/steps.js';
import { saved } from './action-fixtures.js';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

const scope = { namespace: 'ann', stack: 'shop' };
const definition = { name: 'shop', services: { constructor: { image: 'web:1', 'x-berth': { tags: ['a'] } } } };
const limits = {
  constructor: { memoryBytes: 512, memoryReservationBytes: null, cpus: 0.5, cpuReservation: 0.25, cpuShares: 10 },
  web: {},
};
const overlays = { config: { '': { A: 'x', constructor: null } }, limits, placement: { prototype: 'ssd' } };

/** Every variant, with everything it may have. */
const bodies: readonly StepBody[] = [
  { do: 'release', id: 'i', definition, overlays, standalone: true, summary: 's', rollbackOf: 3 },
  { do: 'overlay', replicas: { constructor: 3, web: null } },
  { do: 'apply', resource: { ...scope, kind: 'network', name: 'n', definition: { name: 'n', driver: 'x' } } },
  { do: 'apply', resource: { ...scope, kind: 'volume', name: 'n', definition: { name: 'n', more: [1] } } },
  { do: 'apply', resource: { ...scope, kind: 'secret', name: 'n', definition: { name: 'n', content: 'x' } } },
  { do: 'apply', resource: { ...scope, kind: 'config', name: 'n', definition: { name: 'n', file: '/x' } } },
  {
    do: 'apply',
    resource: {
      ...scope,
      kind: 'service',
      name: 'web',
      replicas: 0,
      definition: definition.services.constructor,
      hash: 'h',
      generation: 2,
      completes: true,
      stopped: true,
    },
  },
  { do: 'remove', resource: { ...scope, kind: 'service', name: 'web' } },
  { do: 'gate', service: 'web', condition: 'healthy', required: false },
  { do: 'gone', service: 'web' },
  { do: 'converge', services: ['web'], monitorMs: 500, deploys: false },
  { do: 'command', container: 'c', service: 'web', command: { do: 'kill', signal: 'SIGHUP' } },
  { do: 'command', container: 'c', service: 'web', command: { do: 'replace' } },
  { do: 'retire' },
  { do: 'forget' },
];

const intents: readonly Intent[] = [
  { want: 'create', definition, standalone: true },
  {
    want: 'up',
    definition,
    standalone: false,
    services: ['web'],
    prune: true,
    resetConfig: true,
    resetScale: false,
    rollbackOnFailure: true,
    fresh: false,
    monitorMs: 500,
  },
  { want: 'update', definition, redeploy: true, monitorMs: 0 },
  { want: 'change', service: 'web', changes: { image: 'web:2', command: null }, redeploy: false, monitorMs: 1 },
  {
    want: 'configure',
    service: null,
    values: { constructor: 'x', B: null },
    replace: true,
    expect: 'existing',
    limits,
    placement: { disk: null, prototype: 'x' },
    redeploy: true,
    monitorMs: 1,
  },
  { want: 'scale', replicas: { constructor: 2 }, monitorMs: 1 },
  { want: 'start', services: null, monitorMs: 1 },
  { want: 'stop', services: ['web'], monitorMs: 1 },
  { want: 'redeploy', services: ['web'], monitorMs: 1 },
  { want: 'terminate', volumes: true },
  { want: 'remove', service: 'web' },
  { want: 'rollback', version: 3, monitorMs: 1 },
  { want: 'container', container: 'c', name: 'web-1', service: 'web', command: { do: 'pause' }, monitorMs: 1 },
];

/** The same value without each of its keys in turn, at its top. */
function withoutOne(value: object): [missing: string, rest: unknown][] {
  return Object.keys(value).map((key) => [
    key,
    Object.fromEntries(Object.entries(value).filter(([other]) => other !== key)),
  ]);
}

describe('JSON of a step or an intent', () => {
  test.each(bodies.map((body) => [body.do, body] as const))('of step %s comes back whole', (_name, body) => {
    expect(v.parse(stepBodySchema, JSON.parse(JSON.stringify(body)))).toEqual(body);
  });

  test.each(intents.map((intent) => [intent.want, intent] as const))(
    'of intent %s comes back whole',
    (_name, intent) => {
      expect(v.parse(intentSchema, JSON.parse(JSON.stringify(intent)))).toEqual(intent);
    },
  );

  test('is refused when something is missing', () => {
    for (const body of bodies) {
      for (const [key, rest] of withoutOne(body)) expect(v.is(stepBodySchema, rest), `${body.do}.${key}`).toBe(false);
    }
    for (const intent of intents) {
      for (const [key, rest] of withoutOne(intent))
        expect(v.is(intentSchema, rest), `${intent.want}.${key}`).toBe(false);
    }
  });

  test.each<[string, unknown]>([
    ['a number of replicas below zero', { want: 'scale', replicas: { web: -1 }, monitorMs: 1 }],
    ['half a replica', { want: 'scale', replicas: { web: 0.5 }, monitorMs: 1 }],
    ['a list in place of a record', { want: 'scale', replicas: [1], monitorMs: 1 }],
    ['an unknown wish', { want: 'explode', monitorMs: 1 }],
    ['an unknown command', { ...intents[12], command: { do: 'explode' } }],
    ['a definition that is none', { want: 'create', definition: { name: 'x', services: [] }, standalone: true }],
    ['changes that are none', { ...intents[3], changes: null }],
    ['nothing', null],
  ])('is refused with %s', (_what, value) => {
    expect(v.is(intentSchema, value)).toBe(false);
  });

  test('that is damaged in the store is an error that names it', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const store = await openTemporaryStore({ path });
    const actions = store.actions('sandbox');
    const object = { kind: 'stack', id: 'i', name: 'shop' } as const;
    const named = { id: 'a1', namespace: 'ann', name: 'Stack Up', object, stack: 'shop', user: 'ann', leaseEpoch: 1 };
    const step = { id: 's', operation: 'wait', kind: 'stack', name: 'shop', reasons: [], wave: 1 } as const;
    await actions.create(
      { ...named, intent: { want: 'remove', service: 'web' } },
      saved([{ ...step, body: { do: 'retire' } }]),
    );
    const database = new Libsql(path);
    database.exec(`UPDATE action SET intent = '{"want": "remove"}'; UPDATE action_step SET body = '{"do": "retire"'`);
    database.close();
    for (const reading of [actions.intent('a1'), actions.steps('a1')]) {
      await expect(reading).rejects.toMatchObject({ code: 'store', message: expect.stringContaining(path) });
    }
  });
});
