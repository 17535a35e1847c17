import * as v from 'valibot';

const line = v.looseObject({
  id: v.optional(v.string()),
  status: v.optional(v.string()),
  progressDetail: v.optional(v.looseObject({ current: v.optional(v.number()), total: v.optional(v.number()) })),
});

/** Statuses of a layer's line that say how far it is (Engine API 1.41); what else is told is not about a layer. */
const stages: Readonly<Record<string, 'begun' | 'moving' | 'moved' | 'done'>> = {
  'Pulling fs layer': 'begun',
  Waiting: 'begun',
  Downloading: 'moving',
  'Verifying Checksum': 'moved',
  'Download complete': 'moved',
  Extracting: 'moved',
  'Pull complete': 'done',
  'Already exists': 'done',
  Preparing: 'begun',
  Pushing: 'moving',
  Pushed: 'done',
  'Layer already exists': 'done',
};

interface Layer {
  readonly done: boolean;
  /** Bytes; null where nobody has told. */
  readonly current: number;
  readonly total: number | null;
}

/** How far a pull or push is, from the lines that the daemon tells of it. */
export class LayerProgress {
  readonly #layers = new Map<string, Layer>();

  /** Takes one line; anything may come. */
  take(value: unknown): void {
    const parsed = v.safeParse(line, value);
    if (!parsed.success) return;
    const { id, status = '', progressDetail = {} } = parsed.output;
    const stage = status.startsWith('Mounted from ') ? 'done' : stages[status];
    if (id === undefined || stage === undefined) return;
    const before = this.#layers.get(id) ?? { done: false, current: 0, total: null };
    const total = stage === 'moving' ? (progressDetail.total ?? before.total) : before.total;
    const current = stage === 'moving' ? (progressDetail.current ?? before.current) : before.current;
    const whole = stage === 'moved' || stage === 'done';
    this.#layers.set(id, { done: stage === 'done', current: whole ? (total ?? 0) : current, total });
  }

  /** `2 of 5 layers, 43%`; the share is that of the bytes known of. Null before the first layer is told of. */
  text(): string | null {
    const layers = [...this.#layers.values()];
    if (layers.length === 0) return null;
    const done = layers.filter((layer) => layer.done).length;
    const sized = layers.filter(({ total }) => total !== null && total > 0);
    const sum = (of: (layer: Layer) => number): number => sized.reduce((before, layer) => before + of(layer), 0);
    const total = sum((layer) => layer.total ?? 0);
    // What is sent may be a little more than the layer has.
    const moved = sum((layer) => Math.min(layer.current, layer.total ?? 0));
    const share = total === 0 ? '' : `, ${Math.floor((moved / total) * 100)}%`;
    return `${done} of ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}${share}`;
  }
}

/** Lets through one call in so many milliseconds, the first at once. */
export class Pace {
  readonly #everyMs: number;
  readonly #now: () => number;
  #lastMs = -Infinity;

  /** @param now milliseconds of a clock that never goes back. */
  constructor(everyMs: number, now: () => number) {
    this.#everyMs = everyMs;
    this.#now = now;
  }

  isDue(): boolean {
    const nowMs = this.#now();
    if (nowMs - this.#lastMs < this.#everyMs) return false;
    this.#lastMs = nowMs;
    return true;
  }
}
