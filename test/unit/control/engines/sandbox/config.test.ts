import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSandboxConfig } from '../../../../../src/lib/control/engines/sandbox/config.js';
import { parseFaults } from '../../../../../src/lib/control/engines/sandbox/faults.js';

describe('parseSandboxConfig', () => {
  it('says nothing where the environment says nothing', () => {
    expect(parseSandboxConfig({})).toEqual({ seed: null, speed: null, nodes: null, faults: null });
    expect(parseSandboxConfig({ BERTH_SANDBOX_SEED: '', BERTH_SANDBOX_SPEED: ' ', BERTH_SANDBOX_NODES: '' })).toEqual({
      seed: null,
      speed: null,
      nodes: null,
      faults: null,
    });
  });

  it('reads every variable', () => {
    const config = parseSandboxConfig({
      BERTH_SANDBOX_SEED: 'x',
      BERTH_SANDBOX_SPEED: '2.5',
      BERTH_SANDBOX_NODES: 'a:zone=east,disk=ssd; b:zone=west ;c',
      BERTH_SANDBOX_FAULTS: '',
    });
    expect(config).toEqual({
      seed: 'x',
      speed: 2.5,
      nodes: [
        { name: 'a', labels: { zone: 'east', disk: 'ssd' } },
        { name: 'b', labels: { zone: 'west' } },
        { name: 'c', labels: {} },
      ],
      faults: { services: [], nodes: [] },
    });
  });

  it('names that many nodes', () => {
    const { nodes } = parseSandboxConfig({ BERTH_SANDBOX_NODES: '2' });
    expect(nodes?.map(({ name }) => name)).toEqual(['sandbox-1', 'sandbox-2']);
  });

  it.each([
    ['BERTH_SANDBOX_SPEED', '0', '"0" is no number above 0 and up to 1000'],
    ['BERTH_SANDBOX_SPEED', 'fast', '"fast" is no number above 0 and up to 1000'],
    ['BERTH_SANDBOX_SPEED', '-1', '"-1" is no number above 0 and up to 1000'],
    ['BERTH_SANDBOX_NODES', '0', '"0" is not between 1 and 1000'],
    ['BERTH_SANDBOX_NODES', '9999', '"9999" is not between 1 and 1000'],
    ['BERTH_SANDBOX_NODES', ';', '";" names no node'],
    ['BERTH_SANDBOX_NODES', 'a;a', 'node "a" is there twice'],
    ['BERTH_SANDBOX_NODES', 'a b', '"a b" is no node name'],
    ['BERTH_SANDBOX_NODES', 'a:zone', '"zone" is no label=value'],
    ['BERTH_SANDBOX_NODES', 'a:b=c:d', 'more than one ":" in "a:b=c:d"'],
    ['BERTH_SANDBOX_FAULTS', 'web', 'no ":" after the target in "web"'],
    ['BERTH_SANDBOX_FAULTS', 'web:', 'an empty option in "web:"'],
    ['BERTH_SANDBOX_FAULTS', 'web:burn', 'unknown effect "burn" in "web:burn"'],
    ['BERTH_SANDBOX_FAULTS', 'web:crash,after=soon', 'after= wants a duration such as 2s in "web:crash,after=soon"'],
    ['BERTH_SANDBOX_FAULTS', 'web:exit=300', 'exit= wants 0 to 255 in "web:exit=300"'],
    ['BERTH_SANDBOX_FAULTS', 'web:hang,exit=1', '"exit" does not go with hang in "web:hang,exit=1"'],
    ['BERTH_SANDBOX_FAULTS', 'web:crash,times=0', 'times= wants a whole number from 1 in "web:crash,times=0"'],
    ['BERTH_SANDBOX_FAULTS', 'web:crash,p=2', 'p= wants a number from 0 to 1 in "web:crash,p=2"'],
    ['BERTH_SANDBOX_FAULTS', 'web#0:crash', '"web#0" is no service in "web#0:crash"'],
    ['BERTH_SANDBOX_FAULTS', 'node :down', 'no ":" after', true],
    ['BERTH_SANDBOX_FAULTS', 'node a:up', 'unknown effect "up" of a node in "node a:up"'],
    ['BERTH_SANDBOX_FAULTS', 'node a:down,p=1', '"p" does not go with down in "node a:down,p=1"'],
  ])('refuses %s=%s', (variable, value, message, loose = false) => {
    const parse = () => parseSandboxConfig({ [variable]: value });
    expect(parse).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(parse).toThrow(loose ? variable : `${variable}: ${message}`);
  });
});

describe('parseFaults', () => {
  it('reads every rule', () => {
    const text =
      'web.shop#2:crash,exit=3,after=2s,times=4,p=0.5,image=app:2; *:unhealthy,after=1m ;db:pull-error;' +
      'redis:start-slow=5s;worker:hang;migrate:exit=0;node sandbox-2:down,after=3s,for=1m';
    const any = { stack: null, slot: null, exitCode: 0, afterMs: 0, times: null, probability: 1, image: null };
    expect(parseFaults(text, 'F')).toEqual({
      services: [
        {
          ...{ service: 'web', stack: 'shop', slot: 2, effect: 'exit', exitCode: 3, afterMs: 2000 },
          ...{ times: 4, probability: 0.5, image: 'app:2' },
        },
        { ...any, service: null, effect: 'unhealthy', afterMs: 60_000 },
        { ...any, service: 'db', effect: 'pull-error' },
        { ...any, service: 'redis', effect: 'start-slow', afterMs: 5000 },
        { ...any, service: 'worker', effect: 'hang' },
        { ...any, service: 'migrate', effect: 'exit', afterMs: 1000 },
      ],
      nodes: [{ node: 'sandbox-2', afterMs: 3000, forMs: 60_000 }],
    });
  });

  it('gives faults or a usage error for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseFaults(text, 'F');
        } catch (error) {
          expect(error).toMatchObject({ code: 'usage' });
        }
      }),
    );
  });
});
