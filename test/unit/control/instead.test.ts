import { expect, onTestFinished, test } from 'vitest';
import { openControl } from '../../../src/lib/control/open.js';
import { gate } from '../../../src/lib/port/gate.js';
import { temporaryFolder } from './store/temporary-store.js';

test('what needs containers is refused on the sandbox with the way to an engine that has them', async () => {
  const backend = await openControl({
    ...{ home: temporaryFolder(), env: {}, now: Date.now, detach: () => Promise.reject(new Error('nothing runs')) },
    principal: { user: 'ann', namespace: 'default', admin: true },
  });
  onTestFinished(() => backend.close());
  const asks: readonly (() => unknown)[] = [
    () => gate(backend, 'images', 'list'),
    () => gate(backend, 'registries', 'create'),
    () => gate(backend, 'stacks', 'adopt'),
    () => gate(backend, 'containers', 'exec'),
    () => gate(backend, 'containers', 'run'),
  ];
  for (const ask of asks) {
    expect(ask).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        hint: expect.stringMatching(
          /^The sandbox .*\. Choose a Docker engine: set BERTH_ENGINE=docker, or DOCKER_HOST\.$/,
        ),
      }),
    );
  }
});
