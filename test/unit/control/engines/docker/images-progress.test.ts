import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LayerProgress, Pace } from '../../../../../src/lib/control/engines/docker/images-progress.js';

const statuses = [
  ...['Pulling fs layer', 'Waiting', 'Downloading', 'Verifying Checksum', 'Download complete', 'Extracting'],
  ...['Pull complete', 'Already exists', 'Preparing', 'Pushing', 'Pushed', 'Layer already exists', 'Mounted from web'],
  ...['Pulling from web', 'Retrying in 3 seconds', ''],
];

const line = fc.record(
  {
    id: fc.constantFrom('a', 'b', 'c'),
    status: fc.constantFrom(...statuses),
    progressDetail: fc.record({ current: fc.nat(200), total: fc.nat(100) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

describe('progress of layers', () => {
  test('counts layers and bytes', () => {
    const layers = new LayerProgress();
    expect(layers.text()).toBeNull();
    layers.take({ id: '1.4', status: 'Pulling from web' });
    expect(layers.text()).toBeNull();
    for (const id of ['a', 'b']) layers.take({ id, status: 'Pulling fs layer', progressDetail: {} });
    expect(layers.text()).toBe('0 of 2 layers');
    layers.take({ id: 'a', status: 'Downloading', progressDetail: { current: 30, total: 100 } });
    layers.take({ id: 'b', status: 'Downloading', progressDetail: { current: 13, total: 100 } });
    expect(layers.text()).toBe('0 of 2 layers, 21%');
    layers.take({ id: 'a', status: 'Download complete', progressDetail: {} });
    // The bytes of an extraction are others.
    layers.take({ id: 'a', status: 'Extracting', progressDetail: { current: 1, total: 500 } });
    expect(layers.text()).toBe('0 of 2 layers, 56%');
    for (const id of ['a', 'b']) layers.take({ id, status: 'Pull complete', progressDetail: {} });
    expect(layers.text()).toBe('2 of 2 layers, 100%');
  });

  test('never says more than all, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.anything())), (values) => {
        const layers = new LayerProgress();
        for (const value of values) layers.take(value);
        const text = layers.text();
        if (text === null) return;
        const [, done = '', all = '', share] = /^(\d+) of (\d+) layers?(?:, (\d+)%)?$/.exec(text) ?? [];
        expect(Number(done)).toBeLessThanOrEqual(Number(all));
        expect(Number(share ?? 0)).toBeLessThanOrEqual(100);
      }),
    );
  });

  test('is told of five times a second at most', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(150), { minLength: 1, maxLength: 200 }), (steps) => {
        let nowMs = 1_000;
        const pace = new Pace(200, () => nowMs);
        const told: number[] = [];
        for (const step of steps) {
          nowMs += step;
          if (pace.isDue()) told.push(nowMs);
        }
        expect(told.length).toBeGreaterThan(0);
        expect(told.every((at, index) => index === 0 || at - (told[index - 1] ?? 0) >= 200)).toBe(true);
      }),
    );
  });
});
