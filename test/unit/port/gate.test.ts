import { describe, expect, it } from 'vitest';
import type { Backend, FacetName } from '../../../src/lib/port/backend.js';
import type { ContainersFacet } from '../../../src/lib/port/containers.js';
import { type BerthError, isBerthError } from '../../../src/lib/port/errors.js';
import { declaredOptions, gate, type VerbName } from '../../../src/lib/port/gate.js';
import { verb } from '../../../src/lib/port/verb.js';
import { fakeBackend } from './fake-backend.js';

const gone = async (): Promise<never> => Promise.reject(new Error('not called here'));

function refusal<F extends FacetName>(backend: Backend, facet: F, name: VerbName<F>, options: object = {}): BerthError {
  try {
    gate(backend, facet, name, options);
  } catch (error) {
    if (isBerthError(error)) return error;
    throw error;
  }
  throw new Error('the gate let it pass');
}

describe('gate', () => {
  const restart: NonNullable<ContainersFacet['restart']> = verb(['wait', 'timeoutMs'], gone);
  const backend = fakeBackend(
    { containers: { get: verb([], gone), restart, redeploy: verb(['reuseVolumes'], gone) } },
    { releases: 'Keep the files in git.', 'containers.exec': 'Use `berth apps run`.' },
  );

  it('gives the verb itself', () => {
    expect(gate(backend, 'containers', 'restart')).toBe(restart);
    expect(gate(backend, 'containers', 'restart', { wait: false, timeoutMs: 5 })).toBe(restart);
  });

  it('passes options that were not given', () => {
    expect(gate(backend, 'containers', 'restart', { wait: true, dryRun: undefined })).toBe(restart);
  });

  it('refuses a facet that is not there, with the text for it', () => {
    const error = refusal(backend, 'releases', 'rollback');
    expect(error.code).toBe('unsupported');
    expect(error.message).toBe('the paper engine has no release rollback');
    expect(error.hint).toBe('Keep the files in git.');
  });

  it('points at the capabilities when it has no text for a facet', () => {
    const error = refusal(backend, 'nodeClusters', 'nodeTypes');
    expect(error.message).toBe('the paper engine has no node cluster node types');
    expect(error.hint).toContain('berth backend capabilities');
  });

  it('refuses a verb that is not there and names those that are', () => {
    const error = refusal(backend, 'containers', 'pause');
    expect(error.code).toBe('unsupported');
    expect(error.message).toBe('the paper engine has no container pause');
    expect(error.hint).toBe('There is: container get, container restart, container redeploy.');
  });

  it('prefers the text for a verb', () => {
    expect(refusal(backend, 'containers', 'exec').hint).toBe('Use `berth apps run`.');
  });

  it('refuses every option that the verb did not declare, as flags', () => {
    const error = refusal(backend, 'containers', 'restart', { wait: true, dryRun: false, reuseVolumes: true });
    expect(error.code).toBe('unsupported');
    expect(error.message).toBe('container restart on the paper engine does not take --dry-run, --not-reuse-volumes');
    expect(error.hint).toBe('It takes --no-wait, --timeout.');
  });

  it('says so when a verb takes no options', () => {
    expect(refusal(backend, 'containers', 'get', { all: true }).hint).toBe('It takes no options.');
  });

  it('spells facets and verbs as the command line does', () => {
    const bare = fakeBackend({});
    expect(refusal(bare, 'registries', 'login').message).toBe('the paper engine has no registry login');
    expect(refusal(bare, 'keyValues', 'put').message).toBe('the paper engine has no key value put');
    expect(refusal(bare, 'status', 'server').message).toBe('the paper engine has no status server');
    expect(refusal(bare, 'nodes', 'checkHealth').message).toBe('the paper engine has no node check health');
  });
});

describe('declaredOptions', () => {
  it('belongs to the verb, not to the function behind it', async () => {
    const run = async (request: { readonly of: string }): Promise<string> => request.of;
    const bare = verb([], run);
    const timed = verb<{ readonly of: string }, { readonly wait?: boolean }, Promise<string>>(['wait'], run);
    expect([declaredOptions(bare), declaredOptions(timed), declaredOptions(run)]).toEqual([[], ['wait'], []]);
    expect(await timed({ of: 'web' }, {}, { signal: AbortSignal.abort() })).toBe('web');
  });

  it('is empty for what is no verb', () => {
    for (const other of [undefined, null, 'text', () => 1, { options: ['wait'] }]) {
      expect(declaredOptions(other)).toEqual([]);
    }
  });
});
