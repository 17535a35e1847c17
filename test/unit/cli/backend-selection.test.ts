import { describe, expect, test } from 'vitest';
import { selectBackend } from '../../../src/lib/cli/backend-selection.js';

/** Rows of docs/architecture.md, "Backends": flag, environment, settings -> backend and what decided. */
const rows: readonly [
  title: string,
  flag: string | undefined,
  env: Record<string, string>,
  settings: { backend?: string },
  backend: string,
  source: string,
  variables: string[],
][] = [
  ['nothing set', undefined, {}, {}, 'engine', 'default', []],
  ['the flag', 'deis', {}, {}, 'deis', 'flag', []],
  ['the flag beats BERTH_BACKEND', 'deis', { BERTH_BACKEND: 'oracle' }, {}, 'deis', 'flag', []],
  [
    'the flag beats variables of two platforms',
    'engine',
    { DEIS_PROFILE: 'a', OCCS_URL: 'b' },
    {},
    'engine',
    'flag',
    [],
  ],
  ['BERTH_BACKEND', undefined, { BERTH_BACKEND: 'oracle' }, {}, 'oracle', 'environment', ['BERTH_BACKEND']],
  [
    'BERTH_BACKEND beats variables of two platforms',
    undefined,
    { BERTH_BACKEND: 'engine', DEIS_PROFILE: 'a', OCCS_URL: 'b' },
    {},
    'engine',
    'environment',
    ['BERTH_BACKEND'],
  ],
  ['a blank BERTH_BACKEND says nothing', undefined, { BERTH_BACKEND: '' }, {}, 'engine', 'default', []],
  [
    'any DOCKERCLOUD_ variable',
    undefined,
    { DOCKERCLOUD_NAMESPACE: 'acme' },
    {},
    'dockercloud',
    'platform variables',
    ['DOCKERCLOUD_NAMESPACE'],
  ],
  [
    'any DEIS_ variable, the original ones too',
    undefined,
    { DEIS_PROFILE: 'staging' },
    {},
    'deis',
    'platform variables',
    ['DEIS_PROFILE'],
  ],
  [
    'any OCCS_ variable',
    undefined,
    { OCCS_URL: 'https://a', OCCS_CA_FILE: 'b' },
    {},
    'oracle',
    'platform variables',
    ['OCCS_CA_FILE', 'OCCS_URL'],
  ],
  ['a blank platform variable says nothing', undefined, { DEIS_PROFILE: '' }, {}, 'engine', 'default', []],
  [
    'platform variables beat the settings',
    undefined,
    { OCCS_URL: 'https://a' },
    { backend: 'engine' },
    'oracle',
    'platform variables',
    ['OCCS_URL'],
  ],
  ['the settings', undefined, {}, { backend: 'deis' }, 'deis', 'settings', []],
  ['a variable that only looks like one', undefined, { DEISX: '1', MY_DEIS_APP: '2' }, {}, 'engine', 'default', []],
];

describe('selectBackend', () => {
  test.each(rows)('%s', (_title, flag, env, settings, backend, source, variables) => {
    expect(selectBackend(flag, env, settings)).toEqual({ backend, source, variables });
  });

  test.each([
    [{ DOCKERCLOUD_USER: 'a', DEIS_PROFILE: 'b' }, 'DOCKERCLOUD_USER (dockercloud) and DEIS_PROFILE (deis)'],
    [{ DOCKERCLOUD_USER: 'a', OCCS_URL: 'b' }, 'DOCKERCLOUD_USER (dockercloud) and OCCS_URL (oracle)'],
    [{ DEIS_APP: 'a', OCCS_URL: 'b', OCCS_TOKEN: 'c' }, 'DEIS_APP (deis) and OCCS_TOKEN, OCCS_URL (oracle)'],
  ])('variables of two platforms are refused by name: %j', (env, names) => {
    expect(() => selectBackend(undefined, env, { backend: 'engine' })).toThrow(
      expect.objectContaining({ code: 'usage', message: `variables of two platforms are set: ${names}` }),
    );
  });

  test.each([
    ['dokercloud', {}, {}, '--backend', 'Did you mean dockercloud?'],
    [undefined, { BERTH_BACKEND: 'kubernetes' }, {}, 'BERTH_BACKEND', 'Backends: dockercloud, deis, oracle, engine.'],
    [undefined, {}, { backend: 'engin' }, 'the settings', 'Did you mean engine?'],
  ])('an unknown name says where it stands: %s %j %j', (flag, env, settings, source, hint) => {
    expect(() => selectBackend(flag, env, settings)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(source), hint }),
    );
  });
});
