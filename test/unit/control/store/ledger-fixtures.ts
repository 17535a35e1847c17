import type { Claim, Ledger, Lease, LockHolder, NewRelease } from '../../../../src/lib/control/ledger.js';
import type { StackScope } from '../../../../src/lib/plan/resources.js';
import { processNamed } from '../fake-processes.js';

export const scope = { namespace: 'ann', stack: 'shop' };
export const definition = { name: 'shop', services: { web: { image: 'web:1' } } };
export const noOverlays = { config: {}, limits: {}, placement: {} };

export function release(rest: Partial<NewRelease> = {}): NewRelease {
  return {
    id: 'id-1',
    definition,
    overlays: noOverlays,
    standalone: false,
    summary: 'created with web',
    rollbackOf: null,
    user: 'ann',
    engineKind: 'sandbox',
    createdAt: '2026-01-01T00:00:00.000Z',
    ...rest,
  };
}

export function holder(pid: number, actionId = `action-${pid}`, host = 'here'): LockHolder {
  return {
    actionId,
    process: processNamed(pid, host),
    user: 'ann',
    command: 'Stack Up',
    since: '2026-01-01T00:00:00.000Z',
  };
}

/** The lease of a claim that must have come through. */
export function leaseOf(claim: Claim): Lease {
  if (!claim.claimed) throw new Error(`not claimed: ${JSON.stringify(claim.holder)}`);
  return claim.lease;
}

export async function lock(ledger: Ledger, of: StackScope = scope, as = holder(1)): Promise<Lease> {
  return leaseOf(await ledger.claim(of, as));
}
