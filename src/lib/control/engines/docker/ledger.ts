import { randomBytes } from 'node:crypto';
import type { StackScope } from '../../../plan/resources.js';
import type { Claim, Lease, Ledger, LockHolder, NewRelease, ReleaseRecord, StackRecord } from '../../ledger.js';
import { isBerthError } from '../../../port/errors.js';
import type { Processes } from '../../processes.js';
import { dropFormerBodies, forgetOldStacks, terminatedCount } from './ledger-history.js';
import { type Change, claimLock, fenceLock, releaseLock, renewLock } from './ledger-lock.js';
import { LedgerRegisters } from './ledger-registers.js';
import { damagedLedger, type ReleaseBody, type ReleaseFacts, type StackState } from './ledger-state.js';
import {
  existing,
  nextVersion,
  noSuchStack,
  toReleaseRecord,
  toStackRecord,
  withApplied,
  withFacts,
  withNewestMarked,
  withoutStack,
  withRelease,
  withScale,
} from './ledger-stack.js';
import type { Registers } from './registers.js';

export interface DockerLedgerOptions {
  /** Milliseconds since 1970 by the daemon's clock: leases are measured by it, whoever holds them. */
  readonly clockMs: () => number;
  readonly processes: Processes;
  /** A text that nobody else gets. Default 8 random letters and digits. */
  readonly nonce?: () => string;
  /** 0 <= x < 1, for the pauses between attempts. Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * The ledger of a Docker engine, in registers of its own. All of a stack that changes stands in one register, its lock
 * too: a change is written only if nobody has written since it was worked out, so that the look at the epoch and the
 * change are one. Definitions and overlays stand with the releases, which are written once, before the stack's register
 * points to them: one that a process left behind that died in between is seen by nobody.
 *
 * Every method throws UnreachableError when the daemon does not answer in time, and StoreError when what it keeps is
 * damaged or newer than this berth.
 */
export function dockerLedger(registers: Registers, options: DockerLedgerOptions): Ledger {
  return new DockerLedger(registers, options);
}

class DockerLedger implements Ledger {
  readonly #registers: LedgerRegisters;
  readonly #clockMs: () => number;
  readonly #processes: Processes;
  readonly #nonce: () => string;

  constructor(registers: Registers, { clockMs, processes, nonce, random = Math.random }: DockerLedgerOptions) {
    this.#nonce = nonce ?? (() => randomBytes(6).toString('base64url'));
    this.#registers = new LedgerRegisters({ registers, clockMs, nonce: this.#nonce, random });
    this.#clockMs = clockMs;
    this.#processes = processes;
  }

  async list(namespace: string): Promise<readonly StackRecord[]> {
    const found = await this.#registers.all(namespace);
    const records = await Promise.all(
      found.map(async ({ scope, state }) => (state.stack === null ? null : this.#record(scope, state))),
    );
    return records.filter((record) => record !== null).sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async get(scope: StackScope): Promise<StackRecord | null> {
    return this.#record(scope, await this.#registers.find(scope));
  }

  async releases(scope: StackScope, limit?: number): Promise<readonly ReleaseRecord[]> {
    return this.#readReleases(scope, (kept) => kept.toReversed().slice(0, limit));
  }

  async releaseOf(scope: StackScope, version: number): Promise<ReleaseRecord | null> {
    const [found] = await this.#readReleases(scope, (kept) => kept.filter((each) => each.version === version));
    return found ?? null;
  }

  async commit(lease: Lease, release: NewRelease, key: string): Promise<StackRecord> {
    const { scope } = lease;
    const token = this.#nonce();
    const written = new Set<string>();
    try {
      const { state, dropped } = await this.#under(lease, async (before) => {
        const version = nextVersion(before, key);
        if (version === null) return goneOnWith(before, scope);
        const body = `${version}-${token}`;
        const next = withRelease(before, scope, { release, changeKey: key, body });
        if (!written.has(body)) await this.#registers.writeBody(scope, body, toBody(existing(next, scope).id, release));
        written.add(body);
        return { next, result: { state: next, dropped: pointedToBy(before).filter((name) => !pointsTo(next, name)) } };
      });
      await this.#registers.dropBodies(scope, dropped);
      if (state.releases.length === 1) await dropFormerBodies(this.#registers, scope, state);
      const record = await this.#record(scope, state);
      if (record === null) throw noSuchStack(scope);
      return record;
    } catch (error) {
      // After any other error the change may still be under way to the daemon, and come through.
      if (isBerthError(error) && error.code === 'conflict') await this.#dropUnused(scope, [...written]);
      throw error;
    }
  }

  async markTerminating(lease: Lease): Promise<void> {
    await this.#set(lease, (state) => withFacts(state, lease.scope, { terminating: true }));
  }

  async markDeployed(lease: Lease, at: string): Promise<void> {
    await this.#set(lease, (state) => withNewestMarked(withFacts(state, lease.scope, { deployedAt: at }), 'deployed'));
  }

  async markFailed(lease: Lease): Promise<void> {
    await this.#set(lease, (state) => withNewestMarked(withFacts(state, lease.scope, {}), 'failed'));
  }

  async markApplied(lease: Lease, key: string, hash: string | null): Promise<void> {
    await this.#set(lease, (state) => withApplied(state, lease.scope, key, hash));
  }

  async setScale(lease: Lease, replicas: Readonly<Record<string, number | null>>): Promise<void> {
    await this.#set(lease, (state) => withScale(state, lease.scope, replicas));
  }

  async forget(lease: Lease): Promise<void> {
    const { namespace } = lease.scope;
    const terminated = await terminatedCount(this.#registers, namespace);
    await this.#under(lease, (state) => withoutStack(state, terminated + 1));
    await forgetOldStacks(this.#registers, namespace, this.#clockMs());
  }

  async claim(scope: StackScope, holder: LockHolder, takesOver = false): Promise<Claim> {
    return this.#registers.change(scope, (state) => {
      const facts = { processes: this.#processes, nowMs: this.#clockMs() };
      return claimLock(state, { scope, holder, takesOver }, facts);
    });
  }

  async renew(lease: Lease): Promise<boolean> {
    return this.#registers.change(lease.scope, (state) => renewLock(state, lease, this.#clockMs()));
  }

  async unlock(lease: Lease): Promise<void> {
    return this.#registers.change(lease.scope, (state) => releaseLock(state, lease));
  }

  /** Changes a stack if the lease allows it. */
  async #under<T>(lease: Lease, step: (state: StackState) => Change<T> | Promise<Change<T>>): Promise<T> {
    return this.#registers.change(lease.scope, (state) => {
      fenceLock(state, lease);
      return step(state);
    });
  }

  async #set(lease: Lease, change: (state: StackState) => StackState): Promise<void> {
    return this.#under(lease, (state) => ({ next: change(state), result: undefined }));
  }

  /** The stack of a state that was just read. Somebody may have gone on meanwhile, and dropped what that one points to. */
  async #record(scope: StackScope, found: StackState): Promise<StackRecord | null> {
    for (let state = found; ;) {
      const release = state.releases.at(-1);
      if (state.stack === null) return null;
      const body = release === undefined ? null : await this.#registers.body(scope, release.body);
      if (body !== null) return toStackRecord(scope, state.stack, body);
      state = await this.#registers.find(scope);
      if (release === undefined || pointsTo(state, release.body)) throw damagedLedger(scope, noBody(release));
    }
  }

  /** As `#record`. */
  async #readReleases(
    scope: StackScope,
    choose: (kept: readonly ReleaseFacts[]) => readonly ReleaseFacts[],
  ): Promise<readonly ReleaseRecord[]> {
    for (let state = await this.#registers.find(scope); ;) {
      const chosen = choose(state.releases);
      const bodies = await Promise.all(chosen.map((release) => this.#registers.body(scope, release.body)));
      const records = chosen.flatMap((release, index) => {
        const body = bodies[index] ?? null;
        return body === null ? [] : toReleaseRecord(release, body);
      });
      if (records.length === chosen.length) return records;
      state = await this.#registers.find(scope);
      const lost = chosen.find((release, index) => bodies[index] === null && pointsTo(state, release.body));
      if (lost !== undefined) throw damagedLedger(scope, noBody(lost));
    }
  }

  /** What a commit that failed had written, unless it came through after all. The error that it failed with is the one to tell. */
  async #dropUnused(scope: StackScope, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    try {
      const state = await this.#registers.find(scope);
      const unused = names.filter((name) => !pointsTo(state, name));
      await this.#registers.dropBodies(scope, unused);
    } catch {
      // Nobody sees them.
    }
  }
}

interface Committed {
  readonly state: StackState;
  /** Names of bodies that nothing points to any more. */
  readonly dropped: readonly string[];
}

/** The release is there already, but somebody may have begun to take the stack down since. */
function goneOnWith(before: StackState, scope: StackScope): Change<Committed> {
  const state = withFacts(before, scope, { terminating: false });
  return { next: before.stack?.terminating === true ? state : null, result: { state, dropped: [] } };
}

function toBody(stackId: string, release: NewRelease): ReleaseBody {
  const { user, summary, definition, overlays, rollbackOf, createdAt } = release;
  return { stackId, user, summary, definition, overlays, rollbackOf, createdAt };
}

function pointedToBy({ releases }: StackState): readonly string[] {
  return releases.map(({ body }) => body);
}

function pointsTo(state: StackState, body: string): boolean {
  return pointedToBy(state).includes(body);
}

function noBody(release: ReleaseFacts | undefined): string {
  return release === undefined ? 'it has no release' : `release ${release.version} is not there`;
}
