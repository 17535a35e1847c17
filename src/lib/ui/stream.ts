import { batchesOf } from '../port/batches.js';
import { jsonLine } from './document.js';
import { type Format, unfit } from './format.js';
import { documentText } from './render.js';
import type { Sink } from './sink.js';
import { fillTemplate } from './template.js';
import { stripControl, type Style, type Styles, stylesFor, type Terminal } from './terminal.js';
import type { StreamStyle, StreamView } from './view.js';
import { displayWidth, pad } from './width.js';

export interface StreamOptions {
  readonly format: Format;
  readonly terminal: Terminal;
  readonly timestamps: boolean;
}

/** Characters collected at most before they are written. */
const batchSize = 65_536;

/**
 * Writes items as they come: one line each, NDJSON for `json` and `jsonl`, a document each for `yaml`. Ends when the
 * items do, the sink closes or the signal aborts; then the iterator is closed. An item source that waits for something
 * can only be woken by its own signal, so give it one that aborts in these cases too.
 *
 * @returns whether the items came to their end without there having been one.
 * @throws UsageError for a format that streams do not have or an unknown template field; what the items throw, unless
 *   that comes of being stopped.
 */
export async function renderStream<Item>(
  items: AsyncIterable<Item>,
  view: StreamView<Item>,
  options: StreamOptions,
  sink: Sink,
  signal: AbortSignal,
): Promise<boolean> {
  const toText = itemText(view, options);
  const stop = new Stop(sink, signal);
  const batch = new Batch(sink);
  const iterator = batchesOf(items)[Symbol.asyncIterator]();
  let ended = false;
  let some = false;
  try {
    while (!stop.isRequested()) {
      const next = await stop.orNext(iterator);
      if (next === undefined) break;
      if (next.done === true) {
        ended = true;
        break;
      }
      some = true;
      for (const item of next.value) {
        const text = toText(item);
        const full = batch.add(typeof text === 'string' ? text : await text);
        if (full !== undefined) await full;
        if (stop.isRequested()) break;
      }
    }
  } catch (error) {
    if (!stop.isRequested()) throw error;
  } finally {
    stop.release();
    // Not awaited: a source that is still waiting answers only when it wakes up.
    if (!ended) iterator.return?.().catch(() => undefined);
    await batch.flush();
  }
  return ended && !some;
}

/**
 * Prefixes are as wide as a multiple of this: names of most stacks then never move what stands behind them, and long ones
 * do so once.
 */
const prefixStep = 12;

function itemText<Item>(view: StreamView<Item>, options: StreamOptions): (item: Item) => string | Promise<string> {
  const { format } = options;
  switch (format.kind) {
    case 'json':
    case 'jsonl':
      return jsonLine;
    case 'yaml':
      return async (item) => `---\n${await documentText(item, format)}`;
    case 'template':
      return (item) => `${fillTemplate(format.template, [item]).join('')}\n`;
    case 'wide':
    case 'csv':
    case 'name':
      throw unfit(format, 'stream');
    default: {
      const style = streamStyle(options);
      return (item) => `${view.line(item, style)}\n`;
    }
  }
}

function streamStyle({ terminal, timestamps }: StreamOptions): StreamStyle {
  const styles = stylesFor(terminal);
  const prefixes = new Map<string, { readonly width: number; readonly group: string; readonly text: string }>();
  let width = 0;
  return {
    styles,
    timestamps,
    colourOf: (key) => stableColour(key, styles),
    prefix: (key, group = key) => {
      const known = prefixes.get(key);
      if (known?.width === width && known.group === group) return known.text;
      const name = stripControl(key);
      width = Math.max(width, Math.ceil(displayWidth(name) / prefixStep) * prefixStep);
      const text = stableColour(group, styles)(`${pad(name, width)} | `);
      prefixes.set(key, { width, group, text });
      return text;
    },
  };
}

/** The same key has the same colour in every run (FNV-1a). Red is left to what went wrong. */
function stableColour(key: string, styles: Styles): Style {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  const palette = [styles.cyan, styles.yellow, styles.green, styles.magenta, styles.blue];
  return palette[(hash >>> 0) % palette.length] ?? styles.cyan;
}

/** Ends a wait for the next item early. Holds on to one wait at a time: a `Promise.race` per item would pile up. */
class Stop {
  readonly #signal: AbortSignal;
  readonly #sink: Sink;
  #wake: () => void = () => undefined;
  readonly #onAbort = (): void => {
    this.#wake();
  };

  constructor(sink: Sink, signal: AbortSignal) {
    this.#signal = signal;
    this.#sink = sink;
    signal.addEventListener('abort', this.#onAbort);
    sink.onClose(this.#onAbort);
  }

  isRequested(): boolean {
    return this.#signal.aborted || this.#sink.closed;
  }

  /** The iterator's next result; undefined when stopped before it came. */
  orNext<Item>(iterator: AsyncIterator<Item>): Promise<IteratorResult<Item> | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        resolve(undefined);
      };
      iterator.next().then(resolve, reject);
    });
  }

  release(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#wake = () => undefined;
  }
}

/** Lines that come within one turn of the event loop go out in one write. */
class Batch {
  readonly #sink: Sink;
  #text = '';
  #timer: NodeJS.Immediate | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** To be waited for when there is something: so a slow reader slows the source down. */
  add(text: string): Promise<void> | undefined {
    this.#text += text;
    this.#timer ??= setImmediate(() => {
      this.#write();
    });
    return this.#text.length < batchSize ? undefined : this.#writeNow();
  }

  async #writeNow(): Promise<void> {
    this.#write();
    await this.#writing;
    // A source that never waits would keep signals and timers from being seen.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Writes what is left. @throws what the sink throws. */
  async flush(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  #write(): void {
    clearImmediate(this.#timer);
    this.#timer = undefined;
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#writing = this.#writing.then(() => this.#sink.write(text));
    // Reported by the next add or flush; until then it is not unhandled.
    this.#writing.catch(() => undefined);
  }
}
