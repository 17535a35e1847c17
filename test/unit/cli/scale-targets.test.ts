import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseScaleTargets } from '../../../src/lib/cli/scale-targets.js';

const services = { command: 'service scale', target: 'SERVICE' };

describe('parseScaleTargets', () => {
  test.each([
    ['web=3', [{ service: 'web', replicas: 3 }]],
    [
      'web=3 worker.shop=0',
      [
        { service: 'web', replicas: 3 },
        { service: 'worker.shop', replicas: 0 },
      ],
    ],
    ['web 3', [{ service: 'web', replicas: 3 }]],
    [
      'web worker 2',
      [
        { service: 'web', replicas: 2 },
        { service: 'worker', replicas: 2 },
      ],
    ],
  ])('%s', (line, targets) => {
    expect(parseScaleTargets(line.split(' '), services)).toEqual(targets);
  });

  test.each([
    ['web=-1', 'got "-1"'],
    ['web=1.5', 'got "1.5"'],
    ['web=', 'got ""'],
    ['web=many', 'got "many"'],
    ['web=99999999999999999999', 'whole number'],
    ['=3', 'is not SERVICE=N'],
    ['web=3 worker', '"worker" is not SERVICE=N'],
    ['web', 'number of replicas is missing'],
    ['web worker', 'got "worker"'],
    ['web=1 web=2', 'web is named twice'],
  ])('%s is refused', (line, message) => {
    expect(() => parseScaleTargets(line.split(' '), services)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
    );
  });

  test.each([['web'], ['web=x'], ['=3']])('%s: the way out is in words of the command', (word) => {
    const types = { command: 'ps scale', target: 'TYPE' };
    expect(() => parseScaleTargets([word], types)).toThrow(
      expect.objectContaining({ hint: 'Write it as `berth ps scale web=3 worker=1`.' }),
    );
    expect(() => parseScaleTargets(['=3'], types)).toThrow('is not TYPE=N');
  });

  test('both spellings mean the same', () => {
    const anyNames = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { minLength: 1 });
    fc.assert(
      fc.property(anyNames, fc.nat(), (names, count) => {
        const pairs = names.map((service) => `${service}=${count}`);
        expect(parseScaleTargets(pairs, services)).toEqual(parseScaleTargets([...names, String(count)], services));
      }),
    );
  });
});
