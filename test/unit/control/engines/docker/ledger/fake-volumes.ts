import type { ApiAnswer, ApiCall, EngineApi } from '../../../../../../src/lib/control/engines/engine-api/api.js';
import { NotFoundError, RefusedError } from '../../../../../../src/lib/port/errors.js';

export interface FakeVolume {
  readonly Name: string;
  readonly CreatedAt: string;
  readonly Driver: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/**
 * The volumes of a daemon, which clients reach by `api`. As a daemon does, it gives the first where one is created that
 * exists, and lists by taking the names first and their labels after.
 */
export class FakeVolumes {
  readonly #volumes = new Map<string, FakeVolume>();
  /** Names of volumes that somebody has mounted. */
  readonly mounted = new Set<string>();
  readonly clock: { nowMs: number };
  /** Called with every volume that was made, and only then. */
  onCreate: (volume: FakeVolume) => unknown = () => undefined;
  /** Waited for between the names of a list and their labels. */
  whileListing: () => Promise<void> = async () => undefined;

  constructor(clock: { nowMs: number } = { nowMs: 1_000_000 }) {
    this.clock = clock;
  }

  get all(): readonly FakeVolume[] {
    return [...this.#volumes.values()];
  }

  names(kind: string): readonly string[] {
    return [...this.#volumes.keys()].filter((name) => name.startsWith(`berth_${kind}_`)).sort();
  }

  /** Somebody removes them by hand. */
  lose(kind: string): void {
    for (const name of this.names(kind)) this.#volumes.delete(name);
  }

  /** Somebody makes one by hand. */
  put(volume: FakeVolume): void {
    this.#volumes.set(volume.Name, volume);
  }

  /** @param before waited for before each call: an error that it throws is what the call ends with. */
  api(before: (call: ApiCall) => Promise<void> = async () => undefined): EngineApi {
    const unused = (): never => {
      throw new Error('the ledger only calls');
    };
    return {
      description: 'a fake',
      version: [1, 41],
      clockMs: () => this.clock.nowMs,
      call: async (call, signal) => {
        await before(call);
        signal.throwIfAborted();
        return this.#answer(call);
      },
      jsonLines: unused,
      output: unused,
      hijack: unused,
      close: async () => undefined,
    };
  }

  async #answer({ method, path, query, body }: ApiCall): Promise<ApiAnswer> {
    const name = decodeURIComponent(path.slice('/volumes/'.length));
    if (method === 'POST' && path === '/volumes/create') return { status: 201, body: this.#create(body) };
    if (method === 'GET' && path === '/volumes')
      return { status: 200, body: { Volumes: await this.#list(query), Warnings: null } };
    if (method === 'GET') return { status: 200, body: this.#existing(name) };
    if (method !== 'DELETE') throw new Error(`no ${method} ${path}`);
    this.#existing(name);
    if (this.mounted.has(name)) throw new RefusedError(`remove ${name}: volume is in use`);
    this.#volumes.delete(name);
    return { status: 204, body: undefined };
  }

  #create(body: unknown): FakeVolume {
    const { Name, Driver, Labels }: Omit<FakeVolume, 'CreatedAt'> = JSON.parse(JSON.stringify(body));
    const present = this.#volumes.get(Name);
    if (present !== undefined) return present;
    const CreatedAt = new Date(this.clock.nowMs).toISOString().replace(/\.\d+Z/, 'Z');
    const volume = { Name, Driver, Labels, CreatedAt };
    this.#volumes.set(Name, volume);
    this.onCreate(volume);
    return volume;
  }

  async #list(query: ApiCall['query']): Promise<readonly FakeVolume[] | null> {
    const { label }: { label: readonly string[] } = JSON.parse(JSON.stringify(query?.['filters']));
    const names = [...this.#volumes.keys()];
    await this.whileListing();
    const found = names.flatMap((name) => this.#volumes.get(name) ?? []);
    const matching = found.filter(({ Labels }) =>
      label.every((wanted) => {
        const [key = '', ...value] = wanted.split('=');
        return Labels[key] !== undefined && (value.length === 0 || Labels[key] === value.join('='));
      }),
    );
    // As Go encodes a slice that nothing was added to.
    return matching.length === 0 ? null : matching;
  }

  #existing(name: string): FakeVolume {
    const volume = this.#volumes.get(name);
    if (volume === undefined) throw new NotFoundError(`get ${name}: no such volume`);
    return volume;
  }
}
