import type { StackScope } from '../../../plan/resources.js';
import { readRecord, type ServiceRecord } from './record.js';
import type { RegisterKey, Registers } from './registers.js';

export interface RecordEntry {
  readonly key: RegisterKey;
  readonly revision: number;
  readonly record: ServiceRecord;
}

/** Records of services on a daemon. */
export class ServiceRecords {
  readonly #registers: Registers;
  /** What was listed last, and when, by namespace and stack; of what this process has written since nothing is kept. */
  readonly #listed = new Map<string, { readonly atMs: number; readonly entries: readonly RecordEntry[] }>();

  constructor(registers: Registers) {
    this.#registers = registers;
  }

  /**
   * By name.
   *
   * @param maxAgeMs how old an answer may be. Default 0: the daemon is asked.
   */
  async list(
    { namespace, stack }: { readonly namespace: string; readonly stack?: string },
    signal: AbortSignal,
    maxAgeMs = 0,
  ): Promise<readonly RecordEntry[]> {
    const known = this.#known(namespace, stack, maxAgeMs);
    if (known !== undefined) return known;
    const atMs = performance.now();
    const filter = { kind: 'service' as const, namespace, ...(stack !== undefined && { stack }) };
    const entries = (await this.#registers.list(filter, signal))
      .map(({ key, revision, value }) => ({ key, revision, record: readRecord(value) }))
      .sort((one, other) => (one.key.name < other.key.name ? -1 : 1));
    this.#listed.set(cacheKey(namespace, stack), { atMs, entries });
    return entries;
  }

  #known(namespace: string, stack: string | undefined, maxAgeMs: number): readonly RecordEntry[] | undefined {
    const fresh = (key: string): readonly RecordEntry[] | undefined => {
      const found = this.#listed.get(key);
      return found !== undefined && performance.now() - found.atMs < maxAgeMs ? found.entries : undefined;
    };
    return (
      fresh(cacheKey(namespace, stack)) ??
      fresh(cacheKey(namespace, undefined))?.filter(({ key }) => stack === undefined || key.stack === stack)
    );
  }

  /** The revision counts where the service is gone too. */
  async read(
    scope: StackScope,
    name: string,
    signal: AbortSignal,
  ): Promise<{ revision: number; record: ServiceRecord | null }> {
    const found = await this.#registers.read(keyOf(scope, name), signal);
    return { revision: found?.revision ?? 0, record: found?.value == null ? null : readRecord(found.value) };
  }

  /** False when somebody else has changed it since. */
  write(
    { key, revision }: Pick<RecordEntry, 'key' | 'revision'>,
    record: ServiceRecord,
    signal: AbortSignal,
  ): Promise<boolean> {
    this.#listed.clear();
    return this.#registers.write(key, revision, record, signal);
  }

  /**
   * Changes the record by a pure function, as often as somebody else comes between.
   *
   * @param change throws to refuse; null leaves it as it is.
   */
  async update(
    scope: StackScope,
    name: string,
    change: (known: ServiceRecord | null) => ServiceRecord | null,
    signal: AbortSignal,
  ): Promise<ServiceRecord | null> {
    const key = keyOf(scope, name);
    for (;;) {
      signal.throwIfAborted();
      const { revision, record } = await this.read(scope, name, signal);
      const next = change(record);
      if (next === null || next === record) return record;
      if (await this.write({ key, revision }, next, signal)) return next;
    }
  }

  /** Takes the record away. @param check throws to refuse. */
  async remove(
    scope: StackScope,
    name: string,
    check: (record: ServiceRecord) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const key = keyOf(scope, name);
    for (;;) {
      signal.throwIfAborted();
      const { revision, record } = await this.read(scope, name, signal);
      if (record === null) return;
      check(record);
      this.#listed.clear();
      if (await this.#registers.write(key, revision, null, signal)) return;
    }
  }
}

function cacheKey(namespace: string, stack: string | undefined): string {
  return JSON.stringify([namespace, stack]);
}

function keyOf({ namespace, stack }: StackScope, name: string): RegisterKey {
  return { kind: 'service', namespace, stack, name };
}
